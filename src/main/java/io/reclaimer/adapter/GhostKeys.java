package io.reclaimer.adapter;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The keys that were reclaimed last: a ghost list, as in ARC (Megiddo and Modha 2003) and 2Q (Johnson and Shasha 1994).
 * Each key that is added to a full list replaces the oldest one.
 *
 * <p>Holds the keys themselves and compares them with {@code equals}. A fingerprint would be smaller, but the only one
 * that every key has is its hash code, and many different keys share one: the million records of two numbers below a
 * thousand have about 32,000 hash codes.
 *
 * <p>Takes {@value #BYTES_PER_KEY} bytes for each key of the capacity, and the keys. Thread-safe.
 */
final class GhostKeys<K> {

    /** A reference (compressed), a hash code and two links. */
    static final int BYTES_PER_KEY = 16;

    /**
     * Maximum number of keys in a chain, which bounds the cost of a call. Of the keys of one hash code only the newest
     * are found, up to this number. Up to 33 records of two numbers below a thousand share a hash code.
     */
    static final int LONGEST_CHAIN = 128;

    private static final int NONE = -1;

    /*
     * A ring of slots in the order of insertion, and a hash table of chains of slots, the newest first. A slot without
     * a key is in no chain, and neither is a slot that was cut off a chain that was too long. All fields are guarded by
     * this.
     */

    private final @Nullable Object[] keys;
    private final int[] hashes;
    private final int[] heads;
    private final int[] nextInChain;
    private int oldest;

    /** @param capacity minimum number of keys, 1 to 2^30; rounded up to a power of two */
    GhostKeys(int capacity) {
        int slots = Integer.highestOneBit(2 * capacity - 1);
        keys = new Object[slots];
        hashes = new int[slots];
        heads = new int[slots];
        nextInChain = new int[slots];
        Arrays.fill(heads, NONE);
    }

    /** Returns the maximum number of keys. */
    int capacity() {
        return keys.length;
    }

    /** Adds a key as the newest, or makes it the newest. Returns whether it was there before. */
    boolean add(K key) {
        int hash = mixed(key.hashCode());
        synchronized (this) {
            boolean there = removed(key, hash);
            cut(bucket(hash));
            int slot = oldest;
            if (keys[slot] != null) {
                unlink(slot);
            }
            keys[slot] = key;
            hashes[slot] = hash;
            nextInChain[slot] = heads[bucket(hash)];
            heads[bucket(hash)] = slot;
            oldest = (slot + 1) & (keys.length - 1);
            return there;
        }
    }

    /** Removes a key. Returns whether it was there. */
    boolean remove(K key) {
        int hash = mixed(key.hashCode());
        synchronized (this) {
            return removed(key, hash);
        }
    }

    private boolean removed(K key, int hash) {
        for (int slot = heads[bucket(hash)]; slot != NONE; slot = nextInChain[slot]) {
            if (hashes[slot] == hash && key.equals(keys[slot])) {
                unlink(slot);
                keys[slot] = null;
                return true;
            }
        }
        return false;
    }

    private void unlink(int slot) {
        int bucket = bucket(hashes[slot]);
        int before = heads[bucket];
        if (before == slot) {
            heads[bucket] = nextInChain[slot];
            return;
        }
        while (before != NONE && nextInChain[before] != slot) {
            before = nextInChain[before];
        }
        if (before != NONE) {
            nextInChain[before] = nextInChain[slot];
        }
    }

    /** Shortens a chain so that one more slot fits. */
    private void cut(int bucket) {
        int last = heads[bucket];
        for (int length = 1; last != NONE && length < LONGEST_CHAIN - 1; length++) {
            last = nextInChain[last];
        }
        if (last != NONE) {
            nextInChain[last] = NONE;
        }
    }

    private int bucket(int hash) {
        return hash & (heads.length - 1);
    }

    /**
     * Spreads consecutive numbers and multiples of powers of two over all buckets. (Finalizer of MurmurHash3, Appleby
     * 2011.)
     */
    private static int mixed(int hash) {
        int mixed = hash;
        mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        return mixed ^ (mixed >>> 16);
    }
}
