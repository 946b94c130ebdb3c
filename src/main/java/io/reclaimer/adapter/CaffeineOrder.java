package io.reclaimer.adapter;

import io.reclaimer.adapter.CaffeineEntries.Found;
import io.reclaimer.adapter.CaffeineEntries.Read;
import io.reclaimer.shrinker.CgroupPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The coldest entries of each cgroup, by the order of a cache that has one.
 *
 * <p>A reading takes the coldest keys from the order under the cache's eviction lock, and is split by owner afterwards.
 * The scans of all cgroups share one reading. When a reading has no more entries for a cgroup, a deeper one follows,
 * four times as deep as the number of entries that it still has for others. So a cache with one owner is read in small
 * pieces, each time from the cold end, and a shared cache is read through once for all owners.
 *
 * <p>A reading holds keys, not values, of at most {@value #MAX_DEPTH} entries, in 16 bytes each. It expires after some
 * time, because other entries may be the coldest by then.
 *
 * <p>Thread-safe. The function from key to owner is called without a lock.
 */
final class CaffeineOrder<K, V> {

    /*
     * Wait of writers. Writers wait while a scan reads the order under the eviction lock. In a cache of a million
     * entries, each read three times at random, a reading of 128 entries takes 40 to 70 us at the median and less than
     * 0.8 ms in 99 of 100 readings; 1,024 take 0.15 ms, 16,384 take 5 ms, and 262,144 take 80 ms (at most 130).
     * Processor time on one of two busy cores of a virtual machine (Java 17, heap of 1 GiB), printed by
     * CaffeineLockTime in the tests. A cache of one cgroup is read 128 entries at a time. A shared cache is read as
     * deep as needed: at most 524,288 entries per second, and 512 more for each batch of a scan.
     */

    /** Maximum number of entries that one reading holds or passes. So many take about 80 ms under the eviction lock. */
    static final int MAX_DEPTH = 1 << 18;

    /** Minimum number of entries in the first reading of a shared cache. */
    private static final int SHARED_DEPTH = 1024;

    /** Number of keys whose owners are looked up at a time. */
    private static final int OWNERS_AT_ONCE = 1024;

    /**
     * Number of entries of a shared cache that deeper readings may read until the last of them expires. Without this
     * limit, scans that ask for more than there is would read a large cache again each time.
     */
    private static final long BUDGET = 1 << 19;

    /** Number of entries that each call of {@link #next} adds to the budget, up to {@link #BUDGET}. */
    private static final long BUDGET_PER_CALL = 512;

    /**
     * A reading is used until it expires while others have changed the size of the cache by at most one in 64 of the
     * reading's entries.
     */
    private static final int TOLERATED_SHARE = 64;

    private final CaffeineEntries<K, V> entries;
    private final Function<K, Optional<CgroupPath>> ownerOf;
    private final boolean shared;

    /** Number of entries that may still be read. */
    private final AtomicLong budget = new AtomicLong(BUDGET);

    /** Number of entries that {@link #next} has returned and that are not covered by {@link #recordAttempts} yet. */
    private final AtomicLong unattempted = new AtomicLong();

    /** Runs a task when a reading expires. */
    private volatile Executor expiry = Runnable::run;

    /**
     * The current reading. Replaced under the lock of {@code this}; {@link #discard} clears it without. Read by any
     * thread.
     */
    private volatile @Nullable Reading<K> reading;

    /**
     * @param ownerOf empty for a key whose entry is not to be reclaimed
     * @param shared whether several cgroups own entries of the cache
     */
    CaffeineOrder(CaffeineEntries<K, V> entries, Function<K, Optional<CgroupPath>> ownerOf, boolean shared) {
        this.entries = entries;
        this.ownerOf = ownerOf;
        this.shared = shared;
    }

    /**
     * Sets the executor that runs a task when a reading expires. Before this call, each call of {@link #next} reads the
     * order again.
     */
    void expireReadings(Executor newExpiry) {
        expiry = newExpiry;
    }

    /** Discards the current reading. */
    void discard() {
        reading = null;
    }

    /**
     * Returns some of the coldest entries of an owner, the coldest first. The caller tries to remove them and calls
     * {@link #recordAttempts} before its next call.
     *
     * @param limit maximum number of entries
     * @param spared number of entries at the cold end that come last, after all others
     * @return empty if no entries of the owner are within reach
     */
    List<Found<K, V>> next(CgroupPath owner, int limit, long spared) {
        budget.accumulateAndGet(BUDGET_PER_CALL, (left, more) -> Math.min(BUDGET, left + more));
        Reading<K> now = reading;
        while (true) {
            List<Found<K, V>> found = now == null ? List.of() : findIn(now, owner, limit);
            Reading<K> next = found.isEmpty() ? replace(now, limit, spared) : now;
            if (next == now) {
                unattempted.addAndGet(found.size());
                return found;
            }
            now = next;
        }
    }

    /** Records that the caller has tried to remove the entries that one call of {@link #next} returned. */
    void recordAttempts(int entriesOfOneCall) {
        unattempted.addAndGet(-entriesOfOneCall);
    }

    /** Returns whether the current reading went through the whole cache. */
    boolean isWhole() {
        Reading<K> now = reading;
        return now != null && now.whole;
    }

    private List<Found<K, V>> findIn(Reading<K> from, CgroupPath owner, int limit) {
        List<Found<K, V>> found = new ArrayList<>(limit);
        do {
            int slot = from.poll(owner);
            while (slot >= 0) {
                entries.find(from.take(slot), from.values[slot]).ifPresent(found::add);
                slot = found.size() < limit ? from.poll(owner) : -1;
            }
        } while (found.size() < limit && from.split(ownerOf));
        return found;
    }

    /**
     * Replaces a reading that has no more entries for an owner, and returns the new one. Returns the exhausted one
     * itself if a new one is not worthwhile.
     */
    private synchronized Reading<K> replace(@Nullable Reading<K> exhausted, int limit, long spared) {
        Reading<K> now = reading;
        if (now != null && now != exhausted) {
            return now;
        }
        long depth = Math.max(limit, shared ? SHARED_DEPTH : 1);
        if (exhausted != null) {
            depth = Math.max(depth, Math.max(4L * exhausted.untaken(), exhausted.pinned / 4));
            boolean isDeeper = !exhausted.whole && exhausted.keys.length + exhausted.pinned < MAX_DEPTH;
            long changes = Math.abs(entries.size() - exhausted.expectedSize()) - unattempted.get();
            if (!isDeeper && changes <= exhausted.keys.length / TOLERATED_SHARE) {
                return exhausted;
            }
            if (shared && !reserve(Math.min(depth, entries.size()))) {
                return exhausted;
            }
        } else {
            budget.set(BUDGET);
        }
        Read<K> read = entries.read((int) Math.min(depth, MAX_DEPTH), MAX_DEPTH, spared);
        Reading<K> next = new Reading<>(read);
        if (exhausted != null && !shared && next.keys.length == 0) {
            return exhausted;
        }
        reading = next;
        expiry.execute(() -> {
            synchronized (this) {
                reading = reading == next ? null : reading;
            }
        });
        return next;
    }

    /** Takes an amount from the budget. Returns false, and takes nothing, if less is left. */
    private boolean reserve(long amount) {
        return budget.getAndUpdate(left -> left >= amount ? left - amount : left) >= amount;
    }

    /** The result of one reading: entries whose owner is not known yet, and the entries of each owner. Thread-safe. */
    private static final class Reading<K> {
        private final @Nullable Object[] keys;
        private final int[] values;
        private final boolean whole;
        private final long pinned;
        private final long sizeThen;

        private final AtomicInteger nextToSplit = new AtomicInteger();
        private final AtomicInteger taken = new AtomicInteger();
        private final Map<CgroupPath, Slots> byOwner = new ConcurrentHashMap<>();

        Reading(Read<K> read) {
            keys = read.keys().toArray();
            values = read.values();
            whole = read.whole();
            pinned = read.pinned();
            sizeThen = read.size();
        }

        /** Returns the number of entries that the cache has if only scans have changed it since. */
        long expectedSize() {
            return sizeThen - taken.get();
        }

        /** Returns the number of entries that were not taken yet. */
        int untaken() {
            return keys.length - taken.get();
        }

        /** Removes and returns the next slot of an owner; -1 if there is none. */
        int poll(CgroupPath owner) {
            Slots slots = byOwner.get(owner);
            return slots == null ? -1 : slots.poll();
        }

        /** Removes and returns the key of a slot that the caller has polled. */
        @SuppressWarnings("unchecked")
        K take(int slot) {
            K key = (K) keys[slot];
            keys[slot] = null;
            taken.incrementAndGet();
            return key;
        }

        /** Assigns some entries to their owners. Returns false if all are assigned. */
        @SuppressWarnings("unchecked")
        boolean split(Function<K, Optional<CgroupPath>> ownerOf) {
            int from = nextToSplit.getAndAdd(OWNERS_AT_ONCE);
            if (from < 0 || from >= keys.length) {
                nextToSplit.set(keys.length);
                return false;
            }
            for (int slot = from; slot < Math.min(keys.length, from + OWNERS_AT_ONCE); slot++) {
                Optional<CgroupPath> owner = ownerOf.apply((K) keys[slot]);
                if (owner.isPresent()) {
                    byOwner.computeIfAbsent(owner.get(), path -> new Slots()).add(slot);
                }
            }
            return true;
        }
    }

    /** A queue of slots. Thread-safe. */
    private static final class Slots {
        private int[] slots = new int[16];
        private int first;
        private int end;

        synchronized void add(int slot) {
            if (end == slots.length) {
                slots = Arrays.copyOf(slots, 2 * end);
            }
            slots[end++] = slot;
        }

        synchronized int poll() {
            return first == end ? -1 : slots[first++];
        }
    }
}
