package io.reclaimer.pressure;

import io.reclaimer.shrinker.Saturating;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The bytes that rounds freed and no collection has taken out yet: still in use by every reading, though nobody holds
 * them. Not thread-safe.
 *
 * <p>What a round freed is taken to have been freed evenly between its request and its answer, so that a collection in
 * the middle settles its part of it, whichever of the two is heard of first. Times are milliseconds since the JVM
 * started.
 */
final class Credit {

    /** Older ones are merged: they matter only where a collection started before them, seconds ago. */
    static final int MAX_ENTRIES = 64;

    private record Entry(long fromMillis, long toMillis, long bytes) {
        /** What of it was freed after {@code millis}. */
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
     * A round answered.
     *
     * @param freedBytes what it freed
     * @param fromMillis when it was requested
     * @param toMillis when it answered
     * @return what of it is credited: less where a collection of all garbage started meanwhile
     */
    long freed(long freedBytes, long fromMillis, long toMillis) {
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

    /** A collection took {@code takenBytes} out of the old generation; what was freed first is taken first. */
    void collected(long takenBytes) {
        long left = takenBytes;
        while (left > 0 && !entries.isEmpty()) {
            Entry oldest = entries.removeFirst();
            long settled = Math.min(left, oldest.bytes);
            left -= settled;
            if (settled < oldest.bytes) {
                entries.addFirst(new Entry(oldest.fromMillis, oldest.toMillis, oldest.bytes - settled));
            }
        }
        recount();
    }

    /** A collection took out all that was garbage when it started: nothing freed before is owed any more. */
    void collectedAll(long startMillis) {
        settledUntilMillis = Math.max(settledUntilMillis, startMillis);
        int count = entries.size();
        for (int i = 0; i < count; i++) {
            Entry rest = entries.removeFirst().after(settledUntilMillis);
            if (rest.bytes > 0) {
                entries.addLast(rest);
            }
        }
        recount();
    }

    /** Anew each time: a sum that has stopped at the largest number can't be subtracted from. */
    private void recount() {
        bytes = Saturating.sum(entries.stream().mapToLong(Entry::bytes));
    }
}
