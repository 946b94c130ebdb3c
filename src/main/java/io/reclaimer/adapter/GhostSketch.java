package io.reclaimer.adapter;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Remembers, by their hash codes, the keys that were reclaimed last, so that one that is asked for again is known as a
 * refault. Keeps no key alive: 4 bytes each, and no more of them than its capacity.
 *
 * <p>Any thread. Approximate in both directions: of keys of one bucket the oldest is forgotten first, and a key is taken
 * for another one in about {@code capacity / 2^32} of all look-ups, or always where their hash codes are the same. A key
 * that was added once is found once, whoever looks for it at the same time.
 */
final class GhostSketch {

    /** The smallest capacity, in keys: one bucket. */
    static final int LEAST_CAPACITY = 4;

    /** The largest capacity, in keys: 4 MiB. */
    static final int LARGEST_CAPACITY = 1 << 20;

    /**
     * How many keys share a bucket, the newest first. With so many, a key is forgotten after about as many others as the
     * capacity says; and a bucket is within one cache line.
     */
    private static final int WAYS = 4;

    /**
     * 0 where there is no key. Written under the lock of {@code this}, read without.
     *
     * <p>A reader can't miss a key while it is moved: moves go from a slot to the next higher one, the highest first, so
     * that a key is in both slots for a moment and never in none, and a reader goes upwards. It may see one twice, which
     * is why it looks again under the lock before it says so. (GhostSketchTest.keyIsNotMissedWhileOthersAreAdded,
     * keyIsFoundOnceByManyThatLook)
     */
    private final AtomicIntegerArray slots;

    private final int bucketMask;

    /** @param capacity how many keys at least, up to the next power of two; held within what is allowed */
    GhostSketch(int capacity) {
        int allowed = Math.max(LEAST_CAPACITY, Math.min(capacity, LARGEST_CAPACITY));
        slots = new AtomicIntegerArray(Integer.highestOneBit(allowed * 2 - 1));
        bucketMask = slots.length() / WAYS - 1;
    }

    /** How many keys it remembers at most; it takes 4 bytes for each. */
    int capacity() {
        return slots.length();
    }

    /** Remembers the key of this hash code, in the place of an older one where its bucket is full. */
    synchronized void add(int hash) {
        int mark = mark(hash);
        int first = first(mark);
        int to = 0;
        while (to < WAYS - 1 && slots.get(first + to) != 0 && slots.get(first + to) != mark) {
            to++;
        }
        for (; to > 0; to--) {
            slots.set(first + to, slots.get(first + to - 1));
        }
        slots.set(first, mark);
    }

    /** Forgets the key of this hash code; whether it was remembered. Takes no lock where it was not. */
    boolean remove(int hash) {
        int mark = mark(hash);
        int first = first(mark);
        return slotOf(mark, first) >= 0 && removeUnderLock(mark, first);
    }

    private synchronized boolean removeUnderLock(int mark, int first) {
        int slot = slotOf(mark, first);
        if (slot >= 0) {
            slots.set(slot, 0);
        }
        return slot >= 0;
    }

    private int slotOf(int mark, int first) {
        for (int slot = first; slot < first + WAYS; slot++) {
            if (slots.get(slot) == mark) {
                return slot;
            }
        }
        return -1;
    }

    private int first(int mark) {
        return (mark & bucketMask) * WAYS;
    }

    /**
     * Never 0. Of 32 bits like the hash code itself, and another one for every hash code but one: keys in a row, as
     * numbers are, spread over all buckets. (The finish of MurmurHash3, Appleby 2011.)
     */
    private static int mark(int hash) {
        int mixed = hash;
        mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        mixed ^= mixed >>> 16;
        return mixed == 0 ? 1 : mixed;
    }
}
