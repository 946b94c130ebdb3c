package io.reclaimer.adapter;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The keys that were reclaimed last: a ghost list, as ARC (Megiddo and Modha 2003) and 2Q (Johnson and Shasha 1994) have
 * one. A full list forgets its oldest key with each key that is added.
 *
 * <p>Holds the keys themselves and compares them with {@code equals}. A fingerprint would be smaller, but the only one that
 * every key has is its hash code, and whole sets of different keys have the same ones: a record of two small numbers has
 * about as many hash codes as the sum of both ranges.
 *
 * <p>{@value #BYTES_PER_KEY} bytes for each key of the capacity, and the keys. Thread-safe.
 */
final class GhostKeys<K> {

    /** A reference (compressed), a hash code and two links. */
    static final int BYTES_PER_KEY = 16;

    /**
     * How many keys of one hash code are found again, the newest: so that the cost of a call is bounded. Two numbers below
     * a thousand in a record have 33 keys a hash code.
     */
    static final int LONGEST_CHAIN = 128;

    private static final int NONE = -1;

    /*
     * A ring of slots in the order of adding, and a hash table of chains of slots, the newest first. A slot without a key is
     * in no chain; neither is one that was cut off a chain that was too long. All is guarded by this.
     */
    private final @Nullable Object[] keys;
    private final int[] hashes;
    private final int[] heads;
    private final int[] nextInChain;
    private int oldest;

    /** @param capacity how many keys at least, up to the next power of two: 1 to 2^30 */
    GhostKeys(int capacity) {
        int slots = Integer.highestOneBit(2 * capacity - 1);
        keys = new Object[slots];
        hashes = new int[slots];
        heads = new int[slots];
        nextInChain = new int[slots];
        Arrays.fill(heads, NONE);
    }

    /** How many keys it holds at most. */
    int capacity() {
        return keys.length;
    }

    /** Adds a key as the newest, or makes it the newest. Answers whether it was there. */
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

    /** Removes a key. Answers whether it was there. */
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

    /** Leaves room for one more in a chain. */
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

    /** Spreads numbers in a row and multiples of powers of two over all buckets. (Finish of MurmurHash3, Appleby 2011.) */
    private static int mixed(int hash) {
        int mixed = hash;
        mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        return mixed ^ (mixed >>> 16);
    }
}
