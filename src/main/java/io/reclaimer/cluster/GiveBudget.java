package io.reclaimer.cluster;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How much a member frees for rounds of other members: all that they ask for, nothing, or so many bytes in any minute. Confined
 * to one actor; has no clock. Times are in nanoseconds from any start.
 *
 * <p>A part takes what it is expected to free when it begins, and gives back what it did not free when it has ended. What it
 * freed counts for a minute from then on. So what is freed in a minute is never more than that, but for what parts free beyond
 * their targets, and where objects are larger than was expected: that is missing afterwards.
 */
final class GiveBudget {

    /** Of {@code bytesAMinute}: no bound. */
    static final long ALL = Long.MAX_VALUE;

    /** Of {@code bytesAMinute}: nothing. */
    static final long NOTHING = 0;

    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** What is freed in as long is counted together, so that the book has no more than some sixty entries. */
    private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Slot(long startNanos, long bytes) {}

    private final long bytesAMinute;

    /** What was freed, the oldest first. */
    private final Deque<Slot> slots = new ArrayDeque<>();

    /** What parts under way are expected to free, by round. */
    private final Map<Long, Long> expected = new HashMap<>();

    private long givenBytes;

    GiveBudget(long bytesAMinute) {
        this.bytesAMinute = bytesAMinute;
    }

    /** Whether anything can be freed for a member's rounds now. */
    boolean isAnyLeft(Requester requester, long now) {
        return requester.own() || leftBytes(now) > 0;
    }

    /** How many objects can be freed for a round now. */
    long objects(KnownRound<?> known, long now) {
        long left = known.requester.own() ? ALL : leftBytes(now);
        return left == ALL ? ALL : left / known.objectBytes();
    }

    /** A part begins; it is cut to what is left. False where nothing is. */
    boolean begin(KnownRound<?> known, long now) {
        long most = objects(known, now);
        long objects = known.expectedObjects();
        known.cutObjects = objects > most ? most : 0;
        if (most > 0 && !known.requester.own()) {
            expected.put(known.number, PartAnswer.times(Math.min(objects, most), known.objectBytes()));
        }
        return most > 0;
    }

    /** A part has ended. */
    void end(KnownRound<?> known, long freedBytes, long now) {
        if (!known.requester.own()) {
            expected.remove(known.number);
            add(freedBytes, now);
        }
    }

    /** A part has ended, and nobody knows what it freed: taken for what was expected of it. */
    void endUnknown(KnownRound<?> known, long now) {
        if (!known.requester.own()) {
            add(expected.getOrDefault(known.number, 0L), now);
            expected.remove(known.number);
        }
    }

    /** Whoever began parts knows nothing of them any more; they go on. */
    void forgetParts(long now) {
        expected.values().forEach(bytes -> add(bytes, now));
        expected.clear();
    }

    private void add(long freedBytes, long now) {
        if (freedBytes == 0) {
            return;
        }
        givenBytes = Split.add(givenBytes, freedBytes);
        Slot last = slots.peekLast();
        if (last != null && now - last.startNanos() < SLOT_NANOS) {
            slots.removeLast();
            slots.addLast(new Slot(last.startNanos(), Split.add(last.bytes(), freedBytes)));
        } else {
            slots.addLast(new Slot(now, freedBytes));
        }
        forget(now);
    }

    private void forget(long now) {
        slots.removeIf(slot -> now - slot.startNanos() >= WINDOW_NANOS + SLOT_NANOS);
    }

    private long leftBytes(long now) {
        if (bytesAMinute == ALL) {
            return ALL;
        }
        forget(now);
        long used = 0;
        for (Slot slot : slots) {
            used = Split.add(used, slot.bytes());
        }
        for (long bytes : expected.values()) {
            used = Split.add(used, bytes);
        }
        return Math.max(0, bytesAMinute - used);
    }

    /** What was freed for others so far. */
    long givenBytes() {
        return givenBytes;
    }

    /** Why a part or an offer is less than it could be. */
    String reason() {
        return "it frees up to [" + bytesAMinute
                + "] bytes a minute for rounds of other members [reclaimer.cluster.give]";
    }

    /** Why there is none. */
    String refusal() {
        return bytesAMinute == NOTHING
                ? "it frees nothing for rounds of other members [reclaimer.cluster.give = off]"
                : reason() + ", and has freed as much";
    }
}
