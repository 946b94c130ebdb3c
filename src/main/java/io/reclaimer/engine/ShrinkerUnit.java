package io.reclaimer.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * 64 ids of one cgroup on one node: for each a bit, "may have something to free", and a deferred count.
 *
 * <p>Both belong to one allocation of an id, named by its serial: an id that is handed out again gets a slot of its own
 * and so starts clean, and nothing meant for the previous owner can touch it.
 *
 * <p>Bits are written by the pair's actor alone, and read by whoever is about to set one. Deferred counts may be taken and added by any thread, because a shrinker that is
 * not NUMA aware is visited from all nodes and has its one count on node 0.
 */
final class ShrinkerUnit {

    static final int IDS = 64;

    /** The state of an id for one owner: the deferred count, and the bit, which only the pair's actor writes. */
    private static final class Slot extends AtomicLong {
        private static final long serialVersionUID = 1L;

        final long owner;
        volatile boolean bit;

        Slot(long owner) {
            this.owner = owner;
        }
    }

    private final AtomicReferenceArray<@Nullable Slot> slots = new AtomicReferenceArray<>(IDS);

    /** Which slots to look at. A bit can outlive its slot, where another thread put a new owner's there. */
    private long bits;

    /** Sets the bit of the id's owner. An owner that is no longer the newest changes nothing. */
    void setBit(int index, long owner) {
        Slot slot = slotFor(index, owner);
        if (slot != null) {
            slot.bit = true;
            bits |= 1L << index;
        }
    }

    /** Clears the bit, if it is this owner's. */
    void clearBit(int index, long owner) {
        Slot slot = slots.get(index);
        if (slot != null && slot.owner == owner) {
            slot.bit = false;
            bits &= ~(1L << index);
        }
    }

    /** Clears the bit, whoever's it is. */
    void clearBit(int index) {
        Slot slot = slots.get(index);
        if (slot != null) {
            slot.bit = false;
        }
        bits &= ~(1L << index);
    }

    /** The lowest set bit from {@code index} on, or -1. */
    int nextSetBit(int index) {
        // A shift by 64 would shift by 0.
        long rest = index < IDS ? bits >>> index : 0;
        return rest == 0 ? -1 : index + Long.numberOfTrailingZeros(rest);
    }

    boolean isClean() {
        return bits == 0;
    }

    /** Whether the bit is set, by this owner. Any thread. */
    boolean isSet(int index, long owner) {
        Slot slot = slots.get(index);
        return slot != null && slot.owner == owner && slot.bit;
    }

    /** Takes out what is owed, leaving 0. */
    long takeDeferred(int index, long owner) {
        Slot slot = slots.get(index);
        // Reading first: most visits find nothing owed, and then nothing need be written.
        return slot == null || slot.owner != owner || slot.get() == 0 ? 0 : slot.getAndSet(0);
    }

    /** Adds to what is owed, and answers what is owed then. */
    long addDeferred(int index, long owner, long objects) {
        Slot slot = objects == 0 ? slots.get(index) : slotFor(index, owner);
        if (slot == null || slot.owner != owner) {
            return 0;
        }
        return objects == 0 ? slot.get() : slot.accumulateAndGet(objects, Saturating::add);
    }

    /** The owner's slot, made if it is the newest owner so far; otherwise null. */
    private @Nullable Slot slotFor(int index, long owner) {
        while (true) {
            Slot slot = slots.get(index);
            if (slot != null && slot.owner >= owner) {
                return slot.owner == owner ? slot : null;
            }
            Slot fresh = new Slot(owner);
            if (slots.compareAndSet(index, slot, fresh)) {
                return fresh;
            }
        }
    }
}
