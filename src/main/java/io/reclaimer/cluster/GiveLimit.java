package io.reclaimer.cluster;

import io.reclaimer.cluster.MemberEnvironment.Requester;
import io.reclaimer.shrinker.Saturating;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The limit on what a member frees for rounds of other members ({@code reclaimer.cluster.give}): none, zero, or so many
 * bytes in any minute. Confined to one actor; has no clock. Times are in nanoseconds from an arbitrary start.
 *
 * <p>A part reserves the bytes that it is expected to free when it begins, and returns the rest when it has ended. The
 * freed bytes count for a minute from then on. So the bytes freed in a minute exceed the limit only where parts free more
 * than their targets, or objects are larger than expected; the excess is deducted from later parts.
 */
final class GiveLimit {

    /** A limit of no bound. */
    static final long UNLIMITED = Long.MAX_VALUE;

    /** A limit of zero. */
    static final long NOTHING = 0;

    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Bytes freed within a slot are counted together, so that there are about sixty entries. */
    private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Slot(long startNanos, long bytes) {}

    private final long bytesPerMinute;

    /** The freed bytes, the oldest first. */
    private final Deque<Slot> slots = new ArrayDeque<>();

    /** The bytes reserved for parts under way, by round. */
    private final Map<Long, Long> reserved = new HashMap<>();

    private long givenBytes;

    GiveLimit(long bytesPerMinute) {
        this.bytesPerMinute = bytesPerMinute;
    }

    /** Whether anything can be freed for the requester now. */
    boolean hasBytes(Requester requester, long now) {
        return requester.isSelf() || availableBytes(now) > 0;
    }

    /** The objects that can be freed for a round now. */
    long availableObjects(KnownRound known, long now) {
        long bytes = known.requester.isSelf() ? UNLIMITED : availableBytes(now);
        return bytes == UNLIMITED ? UNLIMITED : bytes / known.objectBytes();
    }

    /** Reserves the bytes of a part that begins, and cuts the part to them. Returns false where none are available. */
    boolean tryReserve(KnownRound known, long now) {
        long available = availableObjects(known, now);
        long objects = known.expectedObjects();
        known.cutObjects = objects > available ? available : 0;
        if (available > 0 && !known.requester.isSelf()) {
            reserved.put(known.number, Saturating.multiply(Math.min(objects, available), known.objectBytes()));
        }
        return available > 0;
    }

    /** Replaces the reservation of a part that has ended by the bytes that it freed. */
    void settle(KnownRound known, long freedBytes, long now) {
        if (!known.requester.isSelf()) {
            reserved.remove(known.number);
            add(freedBytes, now);
        }
    }

    /** The bytes reserved for a part under way; 0 where there are none. */
    long reservedBytes(KnownRound known) {
        return reserved.getOrDefault(known.number, 0L);
    }

    /** Counts all reservations as freed: their parts go on, but their results will not be known. */
    void settleReserved(long now) {
        reserved.values().forEach(bytes -> add(bytes, now));
        reserved.clear();
    }

    private void add(long freedBytes, long now) {
        if (freedBytes == 0) {
            return;
        }
        givenBytes = Saturating.add(givenBytes, freedBytes);
        Slot last = slots.peekLast();
        if (last != null && now - last.startNanos() < SLOT_NANOS) {
            slots.removeLast();
            slots.addLast(new Slot(last.startNanos(), Saturating.add(last.bytes(), freedBytes)));
        } else {
            slots.addLast(new Slot(now, freedBytes));
        }
        removeOld(now);
    }

    private void removeOld(long now) {
        slots.removeIf(slot -> now - slot.startNanos() >= WINDOW_NANOS + SLOT_NANOS);
    }

    private long availableBytes(long now) {
        if (bytesPerMinute == UNLIMITED) {
            return UNLIMITED;
        }
        removeOld(now);
        long freed = Saturating.sum(slots.stream().mapToLong(Slot::bytes));
        long expected = Saturating.sum(reserved.values().stream().mapToLong(Long::longValue));
        return Math.max(0, bytesPerMinute - Saturating.add(freed, expected));
    }

    /** The bytes freed for other members so far. */
    long givenBytes() {
        return givenBytes;
    }

    /** Why a part or an offer is cut. */
    String cutReason() {
        return "it frees up to [" + bytesPerMinute
                + "] bytes a minute for rounds of other members [reclaimer.cluster.give]";
    }

    /** Why a count or a part is refused. */
    String refusalReason() {
        return bytesPerMinute == NOTHING
                ? "it frees nothing for rounds of other members [reclaimer.cluster.give = off]"
                : cutReason() + ", and has freed as much";
    }
}
