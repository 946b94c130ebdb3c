package io.reclaimer.adapter;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The shrinker of {@link LruLists}. Thread-safe. */
final class LruShrinker<T> implements Shrinker {

    /*
     * A scan looks at the coldest items, some at a time. It finds them under the list's lock and releases the lock. It
     * asks the owner for each item, and removes those that may go by LruItem.remove, like any other thread: the first
     * one to remove an item owns it. So an item stays in its list while a scan looks at it. It is counted, it can be
     * removed, and it moves along when its cgroup goes offline. If an owner throws, there is nothing to put back. (The
     * kernel asks under the list's lock. An owner that takes its own lock in order to answer, and holds that lock when
     * it adds or removes, would deadlock there; in the kernel it has to try the lock and give up.)
     *
     * Items that are still in use move to the hot end only at the end of a scan, and the scan continues behind the
     * hottest item that it has passed. So it looks at no item twice.
     *
     * Used items have a second chance, instead of moving at each use (CLOCK, Corbató 1968; the kernel's dentries do the
     * same). A use then writes only to the item, without a lock that all users of a list share. The price is the order
     * among used items. An item that was never used after it was added goes in the first scan that reaches it, so a
     * sequence of objects that are used once does not displace those that are used again.
     */

    /**
     * Number of items that are found under one hold of a list's lock. Takes some microseconds if no item is in the
     * processor's cache.
     */
    static final int CHUNK = 64;

    /**
     * Number of reclaimed keys that are remembered: 1 MiB from the start, and the keys. A refault of a key that was
     * reclaimed longer ago tells little.
     */
    static final int GHOSTS = 1 << 16;

    private final LruGroups<T> groups;
    private final LruOwner<T> owner;
    private final @Nullable Function<? super T, ?> keyOf;

    /** Whether it is useful to free objects now; if not, scans stop. */
    private final BooleanSupplier isUseful;

    private final @Nullable GhostKeys<Object> ghosts;
    private final LongAdder reclaimed = new LongAdder();
    private final LongAdder refaults = new LongAdder();

    /** Whether a key was reclaimed yet. Until then, additions skip the lookup of ghosts. */
    private volatile boolean hasGhosts;

    LruShrinker(
            LruGroups<T> groups, LruOwner<T> owner, Optional<Function<? super T, ?>> keyOf, BooleanSupplier isUseful) {
        this.isUseful = isUseful;
        this.groups = groups;
        this.owner = owner;
        this.keyOf = keyOf.orElse(null);
        this.ghosts = keyOf.isPresent() ? new GhostKeys<>(GHOSTS) : null;
    }

    /**
     * {@link #EMPTY} is safe: a thread that adds the first item to an empty list writes the size first and sets the bit
     * afterwards. So either the count that follows the clearing of the bit sees the item, or the bit is set after it
     * was cleared. An item that a scan is looking at is counted.
     */
    @Override
    public long count(ShrinkControl control) {
        LruGroup<T> group = groups.at(control.cgroup());
        long size = group == null ? 0 : group.list(control.node()).size();
        return size == 0 ? EMPTY : size;
    }

    @Override
    public long scan(ShrinkControl control) {
        LruGroup<T> group = groups.at(control.cgroup());
        if (group == null || !isUseful.getAsBoolean()) {
            return STOP;
        }
        Scan scan = new Scan(group.list(control.node()));
        try {
            scan.run(control);
        } finally {
            scan.rotate();
        }
        if (scan.examined == 0) {
            return STOP;
        }
        control.nrScanned(scan.examined);
        return scan.freed;
    }

    @Override
    public long reparent(CgroupPath offline, CgroupPath parent, int node) {
        LruGroup<T> group = groups.at(offline);
        // The reclaimer sets the bit here: the parent's. The parent cannot go offline before this cgroup has.
        return group == null || group.isOnline() ? 0 : groups.moveUp(group, node, (cgroup, onNode) -> {});
    }

    /** Returns whether an added object was reclaimed not long ago. Counts a refault, and forgets the key. */
    boolean isRefault(T value) {
        if (hasGhosts && keyOf != null && ghosts != null && ghosts.remove(key(keyOf, value))) {
            refaults.increment();
            return true;
        }
        return false;
    }

    private static <T> Object key(Function<? super T, ?> keyOf, T value) {
        return Objects.requireNonNull(keyOf.apply(value), () -> "keyOf answered null for [" + value + "]");
    }

    long reclaimed() {
        return reclaimed.sum();
    }

    long refaults() {
        return refaults.sum();
    }

    private void reclaim(T value) {
        reclaimed.increment();
        try {
            // Before the owner drops the object: after that, another thread may load it again.
            if (keyOf != null && ghosts != null) {
                ghosts.add(key(keyOf, value));
                hasGhosts = true;
            }
        } finally {
            owner.reclaimed(value);
        }
    }

    /** One scan. Confined to one thread. */
    private final class Scan {

        private final LruList<T> list;
        private final List<LruItem<T>> found = new ArrayList<>(CHUNK);

        /** Items that were examined and not freed, the hottest last. The scan continues behind them. */
        private final List<LruItem<T>> passed = new ArrayList<>();

        private final List<LruItem<T>> toRotate = new ArrayList<>();
        private long examined;
        private long freed;

        Scan(LruList<T> list) {
            this.list = list;
        }

        void run(ShrinkControl control) {
            long asked = control.nrToScan();
            do {
                found.clear();
                list.findColdest((int) Math.min(CHUNK, asked - examined), passed, found);
                found.forEach(this::examine);
            } while (!found.isEmpty() && examined < asked && !control.isCancelled());
        }

        private void examine(LruItem<T> item) {
            examined++;
            switch (item.clearReferenced() ? LruVerdict.ROTATE : ask(item)) {
                case REMOVE -> {
                    if (item.remove()) {
                        freed++;
                        reclaim(item.value());
                    }
                }
                case ROTATE -> {
                    passed.add(item);
                    toRotate.add(item);
                }
                case SKIP -> passed.add(item);
            }
        }

        private LruVerdict ask(LruItem<T> item) {
            try {
                return Objects.requireNonNull(
                        owner.isolate(item.value()),
                        () -> "isolate of owner [" + owner.getClass().getName() + "] answered null; allowed are "
                                + List.of(LruVerdict.values()));
            } catch (Throwable thrown) {
                toRotate.add(item);
                throw thrown;
            }
        }

        /** Moves the used items to the hot end, some at a time, as other threads wait for the lock. */
        void rotate() {
            for (int from = 0; from < toRotate.size(); from += CHUNK) {
                list.rotate(toRotate.subList(from, Math.min(from + CHUNK, toRotate.size())));
            }
        }
    }
}
