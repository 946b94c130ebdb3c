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
 * <p>A reading holds keys, not values, of at most {@value #DEEPEST} entries, in 16 bytes each. It expires after some
 * time, because other entries may be the coldest by then.
 *
 * <p>Thread-safe. The function from key to owner is called without a lock.
 */
final class CaffeineOrder<K, V> {

    /** Maximum number of entries that one reading holds or passes. So many take about 80 ms under the eviction lock. */
    static final int DEEPEST = 1 << 18;

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
    private static final long BUDGET_OF_A_SCAN = 512;

    /**
     * A reading is used until it expires while others have changed the size of the cache by at most one in 64 of the
     * reading's entries.
     */
    private static final int UNNOTED_SHARE = 64;

    private final CaffeineEntries<K, V> entries;
    private final Function<K, Optional<CgroupPath>> ownerOf;
    private final boolean shared;

    /** Number of entries that may still be read. */
    private final AtomicLong budget = new AtomicLong(BUDGET);

    /** Number of entries that were given to a scan, which has not tried to remove them yet. */
    private final AtomicLong underWay = new AtomicLong();

    /** Runs a task when a reading expires. */
    private volatile Executor whenOver = Runnable::run;

    /** The current reading. Replaced under the lock of {@code this}; {@link #forget} clears it without. Read by any. */
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
    void forgetReadings(Executor newWhenOver) {
        whenOver = newWhenOver;
    }

    /** Discards the current reading. */
    void forget() {
        reading = null;
    }

    /**
     * Returns some of the coldest entries of an owner, the coldest first. The caller tries to remove them and calls
     * {@link #tried} before its next call.
     *
     * @param limit maximum number of entries
     * @param spared number of entries at the cold end that come last, after all others
     * @return empty if no entries of the owner are within reach
     */
    List<Found<K, V>> next(CgroupPath owner, int limit, long spared) {
        budget.accumulateAndGet(BUDGET_OF_A_SCAN, (left, more) -> Math.min(BUDGET, left + more));
        Reading<K> now = reading;
        while (true) {
            List<Found<K, V>> found = now == null ? List.of() : take(now, owner, limit);
            Reading<K> next = found.isEmpty() ? after(now, limit, spared) : now;
            if (next == now) {
                underWay.addAndGet(found.size());
                return found;
            }
            now = next;
        }
    }

    /** Records that the caller has tried to remove the entries that one call of {@link #next} returned. */
    void tried(int entriesOfOneCall) {
        underWay.addAndGet(-entriesOfOneCall);
    }

    /** Returns whether the current reading went through the whole cache. */
    boolean isWhole() {
        Reading<K> now = reading;
        return now != null && now.whole;
    }

    private List<Found<K, V>> take(Reading<K> from, CgroupPath owner, int limit) {
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
     * Returns the reading that follows a dry one, which has no more entries for an owner. Returns the dry one itself if
     * a new one is not worthwhile.
     */
    private synchronized Reading<K> after(@Nullable Reading<K> dry, int limit, long spared) {
        Reading<K> now = reading;
        if (now != null && now != dry) {
            return now;
        }
        long depth = Math.max(limit, shared ? SHARED_DEPTH : 1);
        if (dry != null) {
            depth = Math.max(depth, Math.max(4L * dry.left(), dry.pinned / 4));
            boolean isDeeper = !dry.whole && dry.keys.length + dry.pinned < DEEPEST;
            long changes = Math.abs(entries.size() - dry.expectedSize()) - underWay.get();
            if (!isDeeper && changes <= dry.keys.length / UNNOTED_SHARE) {
                return dry;
            }
            if (shared && !spend(Math.min(depth, entries.size()))) {
                return dry;
            }
        } else {
            budget.set(BUDGET);
        }
        Read<K> read = entries.read((int) Math.min(depth, DEEPEST), DEEPEST, spared);
        Reading<K> next = new Reading<>(read);
        if (dry != null && !shared && next.keys.length == 0) {
            return dry;
        }
        reading = next;
        whenOver.execute(() -> {
            synchronized (this) {
                reading = reading == next ? null : reading;
            }
        });
        return next;
    }

    private boolean spend(long amount) {
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
        int left() {
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
