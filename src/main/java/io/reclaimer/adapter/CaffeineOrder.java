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
 * <p>The order is read from the cold end, under the cache's eviction lock, and split by owner afterwards, so that the scans of
 * all cgroups share one reading. A reading that has run dry for a cgroup is followed by a deeper one, four times as deep as
 * what is left for others. So a cache of one owner is read in small pieces, always anew, and a cache of many is read through
 * once for all of them.
 *
 * <p>A reading holds keys, no values, of {@value #DEEPEST} entries at most, and takes 16 bytes for each. It is forgotten when
 * its time is over; by then other entries may be the coldest.
 *
 * <p>Thread-safe. The function from key to owner is called without a lock.
 */
final class CaffeineOrder<K, V> {

    /** How many entries one reading holds or passes at most: some 20 ms of the eviction lock. */
    static final int DEEPEST = 1 << 18;

    /** How many entries the first reading of a shared cache holds at least. */
    private static final int SHARED_DEPTH = 1024;

    /** How many owners are asked for at a time. */
    private static final int OWNERS_AT_ONCE = 1024;

    /**
     * How many entries of a shared cache may be read while one reading lives, and how many more for each scan: so that
     * scans for more than there is do not read a large cache anew each time.
     */
    private static final long BUDGET = 1 << 19;

    private static final long BUDGET_OF_A_SCAN = 512;

    /** Up to this part of the entries, changes by others do not have the order read anew before its time. */
    private static final int UNNOTED_SHARE = 64;

    private final CaffeineEntries<K, V> entries;
    private final Function<K, Optional<CgroupPath>> ownerOf;
    private final boolean shared;
    private final AtomicLong budget = new AtomicLong(BUDGET);

    /** Entries that were given to a scan, and that it has not tried to remove yet. */
    private final AtomicLong underWay = new AtomicLong();

    /** Runs a task when the time of a reading is over. */
    private volatile Executor whenOver = Runnable::run;

    /** Written under the lock of {@code this}. */
    private volatile @Nullable Reading<K> reading;

    /** @param ownerOf empty for a key whose entry is not to be reclaimed */
    CaffeineOrder(CaffeineEntries<K, V> entries, Function<K, Optional<CgroupPath>> ownerOf, boolean shared) {
        this.entries = entries;
        this.ownerOf = ownerOf;
        this.shared = shared;
    }

    /** Until this is called, each call of {@link #next} reads the order anew. */
    void forgetReadings(Executor newWhenOver) {
        whenOver = newWhenOver;
    }

    /** Forgets what was read. */
    void forget() {
        reading = null;
    }

    /**
     * Some of the coldest entries of an owner, the coldest first. They are to be removed, and {@link #tried} to be called,
     * before the next call.
     *
     * @param limit how many at most
     * @param spared how many at the cold end are left until there are no others
     * @return none where there are none within reach
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

    /** The entries that were given out are removed, as far as they can be. */
    void tried(int entriesOfOneCall) {
        underWay.addAndGet(-entriesOfOneCall);
    }

    /** Whether the last reading went through the whole cache. */
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

    /** The reading that follows one that has run dry; the same where no other is worth it. */
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

    /** What was read once: entries without an owner yet, and those of each owner. Thread-safe. */
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

        /** How many entries the cache has, if nobody but scans has changed it. */
        long expectedSize() {
            return sizeThen - taken.get();
        }

        /** How many entries are there for others. */
        int left() {
            return keys.length - taken.get();
        }

        /** The next slot of an owner, or -1. */
        int poll(CgroupPath owner) {
            Slots slots = byOwner.get(owner);
            return slots == null ? -1 : slots.poll();
        }

        /** The key of a slot that this caller has polled. */
        @SuppressWarnings("unchecked")
        K take(int slot) {
            K key = (K) keys[slot];
            keys[slot] = null;
            taken.incrementAndGet();
            return key;
        }

        /** Gives some entries to their owners; false where all have been. */
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
