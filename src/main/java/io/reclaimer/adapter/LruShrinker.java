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

/**
 * What the reclaimer calls for {@link LruLists}. Thread-safe.
 *
 * <p>A scan looks at the coldest items, some at a time: it finds them under the list's lock and lets go of it, asks the
 * owner for each, and removes those that may go as anybody else would, by {@link LruItem#remove}; who is first has it. So
 * an item is in its list until it is somebody's, wherever a scan is with it: it is counted, can be removed, and moves
 * along when its cgroup goes offline; and there is nothing to put back when an owner throws. (The kernel asks under the
 * list's lock. An owner that takes a lock of its own to answer, and holds the same one when it adds or removes, would
 * wait for ever there; in the kernel it has to try the lock and give up.)
 *
 * <p>Items that stay are moved to the hot end at the end of a call only, and the walk goes on behind the hottest that it
 * has passed: so it looks at none twice.
 *
 * <p>Used items have a second chance instead of being moved at each use (CLOCK, Corbató 1968; the kernel's dentries do
 * the same): a use is then a write to the item alone, without a lock that all users of a list share. What that gives up
 * is the order among used items. An item that was never used after it came in goes in the first sweep, so that a row of
 * objects that are used once does not push out those that are used again.
 */
final class LruShrinker<T> implements Shrinker {

    /** How many items are found under one hold of a list's lock: some microseconds, if none is in the processor's cache. */
    static final int CHUNK = 64;

    /** How many reclaimed keys are remembered: 1 MiB with the first, and a refault of a key reclaimed longer ago tells little. */
    static final int GHOSTS = 1 << 16;

    private final LruGroups<T> groups;
    private final LruOwner<T> owner;
    private final @Nullable Function<? super T, ?> keyOf;

    /** Whether it is of any use to free objects now; otherwise scans stop. */
    private final BooleanSupplier isUseful;

    private final @Nullable GhostKeys<Object> ghosts;
    private final LongAdder reclaimed = new LongAdder();
    private final LongAdder refaults = new LongAdder();

    /** Saves who adds the look at the ghosts where there are none. */
    private volatile boolean haunted;

    LruShrinker(
            LruGroups<T> groups, LruOwner<T> owner, Optional<Function<? super T, ?>> keyOf, BooleanSupplier isUseful) {
        this.isUseful = isUseful;
        this.groups = groups;
        this.owner = owner;
        this.keyOf = keyOf.orElse(null);
        this.ghosts = keyOf.isPresent() ? new GhostKeys<>(GHOSTS) : null;
    }

    /**
     * {@link #EMPTY} is safe: who adds the first item to an empty list sets the bit afterwards, and the size is written
     * before. So either the count that follows the clearing of the bit sees the item, or the bit is set after its
     * clearing. An item that a scan has in its hands is counted.
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
        Sweep sweep = new Sweep(group.list(control.node()));
        try {
            sweep.run(control);
        } finally {
            sweep.rotate();
        }
        if (sweep.looked == 0) {
            return STOP;
        }
        control.nrScanned(sweep.looked);
        return sweep.freed;
    }

    @Override
    public long reparent(CgroupPath offline, CgroupPath parent, int node) {
        LruGroup<T> group = groups.at(offline);
        // Whose bit is set is the reclaimer's matter here: the parent's, which can't go offline before this cgroup has.
        return group == null || group.isOnline() ? 0 : groups.moveUp(group, node, (cgroup, onNode) -> {});
    }

    /** Whether an object that comes in was reclaimed not long ago; counts it, and forgets that it was. */
    boolean isRefault(T value) {
        if (haunted && keyOf != null && ghosts != null && ghosts.remove(key(keyOf, value))) {
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
            // Before the owner drops it, and somebody else can load it again.
            if (keyOf != null && ghosts != null) {
                ghosts.add(key(keyOf, value));
                haunted = true;
            }
        } finally {
            owner.reclaimed(value);
        }
    }

    /** One scan call. One thread. */
    private final class Sweep {

        private final LruList<T> list;
        private final List<LruItem<T>> found = new ArrayList<>(CHUNK);

        /** Looked at and not freed, the hottest last; for where to go on. */
        private final List<LruItem<T>> passed = new ArrayList<>();

        private final List<LruItem<T>> toRotate = new ArrayList<>();
        private long looked;
        private long freed;

        Sweep(LruList<T> list) {
            this.list = list;
        }

        void run(ShrinkControl control) {
            long asked = control.nrToScan();
            do {
                found.clear();
                list.findColdest((int) Math.min(CHUNK, asked - looked), passed, found);
                found.forEach(this::look);
            } while (!found.isEmpty() && looked < asked && !control.isCancelled());
        }

        private void look(LruItem<T> item) {
            looked++;
            switch (item.takeReferenced() ? LruVerdict.ROTATE : ask(item)) {
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

        /** Some at a time, as others wait for the lock. */
        void rotate() {
            for (int from = 0; from < toRotate.size(); from += CHUNK) {
                list.rotate(toRotate.subList(from, Math.min(from + CHUNK, toRotate.size())));
            }
        }
    }
}
