package io.reclaimer.pressure;

import io.reclaimer.shrinker.Saturating;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The bytes that rounds freed and no collection has removed yet. Readings of the heap still count them as used,
 * although no code refers to them. Not thread-safe.
 *
 * <p>The bytes of an entry are taken to have been freed at an even rate between its two times. A collection in between
 * thus settles its share of the entry, whichever of the two is reported first. Times are in milliseconds since the JVM
 * started.
 */
final class Credit {

    /**
     * The maximum number of entries. The two oldest are merged beyond it: their times matter only to a collection that
     * started seconds ago.
     */
    static final int MAX_ENTRIES = 64;

    private record Entry(long fromMillis, long toMillis, long bytes) {
        /** Returns the part that was freed after {@code millis}. */
        Entry after(long millis) {
            if (millis <= fromMillis) {
                return this;
            }
            if (millis >= toMillis) {
                return new Entry(toMillis, toMillis, 0);
            }
            double share = (double) (toMillis - millis) / (toMillis - fromMillis);
            return new Entry(millis, toMillis, (long) (bytes * share));
        }
    }

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long settledUntilMillis = -1;
    private long bytes;

    long bytes() {
        return bytes;
    }

    /**
     * Credits freed bytes.
     *
     * @param freedBytes the bytes that rounds freed between the two times
     * @param fromMillis the start of that time
     * @param toMillis the end of that time
     * @return the bytes credited: fewer if a collection of all garbage covers a part of that time
     */
    long add(long freedBytes, long fromMillis, long toMillis) {
        Entry entry = new Entry(fromMillis, toMillis, freedBytes).after(settledUntilMillis);
        if (entry.bytes == 0) {
            return 0;
        }
        if (entries.size() == MAX_ENTRIES) {
            Entry oldest = entries.removeFirst();
            Entry next = entries.removeFirst();
            entries.addFirst(new Entry(oldest.fromMillis, next.toMillis, Saturating.add(oldest.bytes, next.bytes)));
        }
        entries.addLast(entry);
        recount();
        return entry.bytes;
    }

    /**
     * Settles {@code removedBytes} that a collection removed from the old generation, in the order in which they were
     * freed.
     */
    void settle(long removedBytes) {
        long remaining = removedBytes;
        while (remaining > 0 && !entries.isEmpty()) {
            Entry oldest = entries.removeFirst();
            long settled = Math.min(remaining, oldest.bytes);
            remaining -= settled;
            if (settled < oldest.bytes) {
                entries.addFirst(new Entry(oldest.fromMillis, oldest.toMillis, oldest.bytes - settled));
            }
        }
        recount();
    }

    /**
     * Settles all bytes freed before {@code startMillis}, because a collection removed all garbage that existed then.
     */
    void settleUntil(long startMillis) {
        settledUntilMillis = Math.max(settledUntilMillis, startMillis);
        int count = entries.size();
        for (int i = 0; i < count; i++) {
            Entry unsettled = entries.removeFirst().after(settledUntilMillis);
            if (unsettled.bytes > 0) {
                entries.addLast(unsettled);
            }
        }
        recount();
    }

    /** Sums up the entries anew, because a saturated sum can't be subtracted from. */
    private void recount() {
        bytes = Saturating.sum(entries.stream().mapToLong(Entry::bytes));
    }
}
