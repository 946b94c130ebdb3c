package io.reclaimer.engine.unit;

import io.reclaimer.shrinker.Saturating;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * 64 ids of one cgroup on one node: for each a bit, "may have something to free", and a deferred count.
 *
 * <p>Both belong to one allocation of an id, identified by its serial, 1 or more. So an id that is handed out again
 * starts clean, and no late write for the previous owner can touch it.
 *
 * <p>Thread-safe. Bits are set by whoever adds objects and cleared by visits, both guarded by {@code this}; they are
 * read without the lock, so setting a bit that is set costs two reads. Any thread may take and add deferred counts,
 * because a shrinker that is not NUMA aware is visited from all nodes and has its one count on node 0.
 *
 * <p>A visit reads the word of bits, and the serials of the few ids that ever had a bit; counts take no memory if
 * nothing was ever deferred. So the units that a pass over thousands of cgroups reads fit into the caches of the
 * processor.
 */
public final class ShrinkerUnit {

    public static final int IDS = 64;

    /** The owners of bits: the serials of the ids that ever had a bit, ascending by id. Immutable. */
    private static final class Owners {
        static final Owners NONE = new Owners(0, new long[0]);

        private final long ids;
        private final long[] serials;

        private Owners(long ids, long[] serials) {
            this.ids = ids;
            this.serials = serials;
        }

        /** The serial at an index, or 0. */
        long of(int index) {
            long bit = 1L << index;
            return (ids & bit) == 0 ? 0 : serials[place(bit)];
        }

        Owners with(int index, long serial) {
            long bit = 1L << index;
            int place = place(bit);
            long[] more;
            if ((ids & bit) == 0) {
                more = Arrays.copyOf(serials, serials.length + 1);
                System.arraycopy(serials, place, more, place + 1, serials.length - place);
            } else {
                more = serials.clone();
            }
            more[place] = serial;
            return new Owners(ids | bit, more);
        }

        private int place(long bit) {
            return Long.bitCount(ids & (bit - 1));
        }
    }

    /** The deferred count of one owner of an id. */
    private static final class Slot extends AtomicLong {
        private static final long serialVersionUID = 1L;

        final long owner;

        Slot(long owner) {
            this.owner = owner;
        }
    }

    /** Written under the lock of {@code this}. */
    private volatile long bits;

    /** Written under the lock of {@code this}, before the bit. */
    private volatile Owners owners = Owners.NONE;

    /** The counts by index; made when something is first deferred, under the lock of {@code this}. */
    private volatile @Nullable AtomicReferenceArray<@Nullable Slot> slots;

    /** Sets the bit for an owner. An owner that is no longer the newest changes nothing. */
    synchronized void setBit(int index, long owner) {
        Owners now = owners;
        long known = now.of(index);
        if (known > owner) {
            return;
        }
        if (known < owner) {
            owners = now.with(index, owner);
        }
        bits = bits | 1L << index;
    }

    /** Clears the bit of an owner. The bit stays where a newer owner has set it meanwhile. */
    synchronized void clearBit(int index, long owner) {
        if (owners.of(index) == owner) {
            bits = bits & ~(1L << index);
        }
    }

    /** The newest owner that set the bit; 0 if none ever did. */
    long owner(int index) {
        return owners.of(index);
    }

    /** The lowest set bit from {@code index} on, or -1. */
    int nextSetBit(int index) {
        // A shift by 64 would shift by 0.
        long above = index < IDS ? bits >>> index : 0;
        return above == 0 ? -1 : index + Long.numberOfTrailingZeros(above);
    }

    boolean isClean() {
        return bits == 0;
    }

    /** Whether the bit is set for this owner. */
    boolean isSet(int index, long owner) {
        return (bits & 1L << index) != 0 && owners.of(index) == owner;
    }

    /** Takes out the deferred count, leaving 0. */
    long takeDeferred(int index, long owner) {
        Slot slot = existing(index);
        // Reading first: most visits find nothing deferred, and then nothing need be written.
        return slot == null || slot.owner != owner || slot.get() == 0 ? 0 : slot.getAndSet(0);
    }

    /** Adds to the deferred count, and returns the sum. */
    long addDeferred(int index, long owner, long objects) {
        Slot slot = objects == 0 ? existing(index) : slotFor(index, owner);
        if (slot == null || slot.owner != owner) {
            return 0;
        }
        return objects == 0 ? slot.get() : slot.accumulateAndGet(objects, Saturating::add);
    }

    /** Adds the bits and counts of the present owners, by id. For people. */
    void describe(int firstId, IntToLongFunction serialOf, List<Integer> set, Map<Integer, Long> deferred) {
        AtomicReferenceArray<@Nullable Slot> counts = slots;
        for (int i = 0; i < IDS; i++) {
            long serial = serialOf.applyAsLong(firstId + i);
            if (serial == 0) {
                continue;
            }
            if (isSet(i, serial)) {
                set.add(firstId + i);
            }
            Slot slot = counts == null ? null : counts.get(i);
            if (slot != null && slot.owner == serial && slot.get() > 0) {
                deferred.merge(firstId + i, slot.get(), Saturating::add);
            }
        }
    }

    /** Takes out all deferred counts, adding them to a list. */
    void takeAllDeferred(int firstId, List<UnitMap.Deferred> to) {
        AtomicReferenceArray<@Nullable Slot> now = slots;
        for (int i = 0; now != null && i < IDS; i++) {
            Slot slot = now.get(i);
            long objects = slot == null ? 0 : slot.getAndSet(0);
            if (slot != null && objects > 0) {
                to.add(new UnitMap.Deferred(firstId + i, slot.owner, objects));
            }
        }
    }

    private @Nullable Slot existing(int index) {
        AtomicReferenceArray<@Nullable Slot> now = slots;
        return now == null ? null : now.get(index);
    }

    /** The owner's slot, made if it is the newest owner so far; otherwise null. */
    private @Nullable Slot slotFor(int index, long owner) {
        AtomicReferenceArray<@Nullable Slot> now = slots;
        if (now == null) {
            now = makeSlots();
        }
        while (true) {
            Slot slot = now.get(index);
            if (slot != null && slot.owner >= owner) {
                return slot.owner == owner ? slot : null;
            }
            Slot fresh = new Slot(owner);
            if (now.compareAndSet(index, slot, fresh)) {
                return fresh;
            }
        }
    }

    private synchronized AtomicReferenceArray<@Nullable Slot> makeSlots() {
        AtomicReferenceArray<@Nullable Slot> now = slots;
        if (now == null) {
            now = new AtomicReferenceArray<>(IDS);
            slots = now;
        }
        return now;
    }
}
