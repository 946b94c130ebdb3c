package io.reclaimer.scenario.run;

import io.reclaimer.scenario.model.CacheBehaviour;
import io.reclaimer.scenario.model.CacheBehaviour.Fault;
import io.reclaimer.scenario.model.CacheBehaviour.Faults;
import io.reclaimer.scenario.model.CacheBehaviour.WhenEmpty;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;

/**
 * A cache that holds numbers of objects by cgroup and node. Thread-safe.
 *
 * <p>A cache that is not cgroup-aware has the slots of the root only; one that is not NUMA-aware has those of node 0 only.
 */
final class SimulatedCache implements Shrinker {

    /** The place of objects in the cache. */
    record Slot(CgroupPath cgroup, int node) {}

    /** The objects in a slot, and the sums since the start. */
    record Tally(long objects, long added, long freed, long removed) {

        static final Tally NONE = new Tally(0, 0, 0, 0);

        Tally plus(Tally other) {
            return new Tally(
                    objects + other.objects, added + other.added, freed + other.freed, removed + other.removed);
        }

        /** Objects that were added and are nowhere. 0 over the whole cache; objects move between slots. */
        long lost() {
            return added - objects - freed - removed;
        }
    }

    private final boolean cgroupAware;
    private final boolean numaAware;
    private final Random random;
    private final ObjLongConsumer<Slot> listener;
    private final Map<Slot, Tally> slots = new HashMap<>();
    private final Map<Slot, Long> late = new HashMap<>();
    private CacheBehaviour behaviour;
    private int scanCalls;
    private boolean freed;
    private int callsAfterFreed;

    /** @param listener receives the objects that a scan frees */
    SimulatedCache(
            boolean cgroupAware,
            boolean numaAware,
            CacheBehaviour behaviour,
            Random random,
            ObjLongConsumer<Slot> listener) {
        this.cgroupAware = cgroupAware;
        this.numaAware = numaAware;
        this.behaviour = behaviour;
        this.random = random;
        this.listener = listener;
    }

    Slot slot(CgroupPath cgroup, int node) {
        return new Slot(cgroupAware ? cgroup : CgroupPath.root(), numaAware ? node : 0);
    }

    /** Changes the behaviour, and counts scan calls anew. */
    synchronized void change(CacheBehaviour newBehaviour) {
        behaviour = newBehaviour;
        scanCalls = 0;
    }

    synchronized CacheBehaviour behaviour() {
        return behaviour;
    }

    /** Adds objects; returns whether the slot was empty. */
    synchronized boolean add(Slot slot, long objects) {
        boolean none = at(slot).objects() == 0;
        merge(slot, new Tally(objects, objects, 0, 0));
        return none && objects > 0;
    }

    /** Adds objects right after the next count that finds none. */
    synchronized void addLate(Slot slot, long objects) {
        late.merge(slot, objects, Long::sum);
    }

    /** Removes objects, at most all of them. */
    synchronized void remove(Slot slot, long objects) {
        long removed = Math.min(objects, at(slot).objects());
        merge(slot, new Tally(-removed, 0, 0, removed));
    }

    synchronized long objects(Slot slot) {
        return at(slot).objects();
    }

    /** The sum over some slots. */
    synchronized Tally tally(Predicate<Slot> which) {
        return slots.entrySet().stream()
                .filter(entry -> which.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .reduce(Tally.NONE, Tally::plus);
    }

    /** The objects in each cgroup, on all nodes together. */
    synchronized Map<CgroupPath, Long> byCgroup() {
        Map<CgroupPath, Long> objects = new TreeMap<>(Comparator.comparing(CgroupPath::toString));
        slots.forEach((slot, tally) -> objects.merge(slot.cgroup(), tally.objects(), Long::sum));
        return objects;
    }

    synchronized int scanCalls() {
        return scanCalls;
    }

    /** Marks the shrinker as freed: each later call is an error. */
    synchronized void markFreed() {
        freed = true;
    }

    synchronized int callsAfterFreed() {
        return callsAfterFreed;
    }

    private Tally at(Slot slot) {
        return slots.getOrDefault(slot, Tally.NONE);
    }

    private void merge(Slot slot, Tally change) {
        slots.merge(slot, change, Tally::plus);
    }

    private void called() {
        callsAfterFreed += freed ? 1 : 0;
    }

    @Override
    public synchronized long count(ShrinkControl control) {
        called();
        Slot slot = slot(control.cgroup(), control.node());
        long objects = at(slot).objects();
        if (objects > 0) {
            return (long) (objects * behaviour.countFactor());
        }
        Long arrived = late.remove(slot);
        if (arrived != null) {
            add(slot, arrived);
        }
        return behaviour.whenEmpty() == WhenEmpty.EMPTY ? EMPTY : 0;
    }

    /** Enters the next scan call if that call never replies; returns whether it did. */
    synchronized boolean enterIfStuck() {
        boolean isStuck =
                behaviour.faults().filter(all -> all.kind() == Fault.STUCK).isPresent() && isFaulty(scanCalls + 1);
        if (isStuck) {
            called();
            scanCalls++;
        }
        return isStuck;
    }

    @Override
    public synchronized long scan(ShrinkControl control) {
        called();
        scanCalls++;
        Slot slot = slot(control.cgroup(), control.node());
        if (isFaulty(scanCalls)) {
            switch (behaviour.faults().orElseThrow().kind()) {
                case THROW -> throw new IllegalStateException("A fault of the scenario");
                case TOO_MANY -> {
                    return Long.MAX_VALUE;
                }
                case NEGATIVE -> {
                    return -1_000;
                }
                case STUCK -> {
                    // See enterIfStuck.
                }
            }
        }
        long asked = control.nrToScan();
        int arg = behaviour.scan().arg();
        return switch (behaviour.scan().mode()) {
            case FULL -> free(slot, asked);
            case HALF -> free(slot, asked / 2);
            case REFUSE -> 0;
            case STOP -> scanCalls % arg == 0 ? STOP : free(slot, asked);
            case UNDER -> {
                long scanned = Math.max(1, asked * arg / 100);
                control.nrScanned(scanned);
                yield free(slot, scanned);
            }
        };
    }

    private boolean isFaulty(int call) {
        if (behaviour.faults().isEmpty()) {
            return false;
        }
        Faults faults = behaviour.faults().get();
        return faults.calls().contains(call)
                || (faults.every() > 0 && call % faults.every() == 0)
                || (faults.rate() > 0 && random.nextDouble() < faults.rate());
    }

    private long free(Slot slot, long most) {
        long objects = Math.min(most, at(slot).objects());
        merge(slot, new Tally(-objects, 0, objects, 0));
        if (objects > 0) {
            listener.accept(slot, objects);
        }
        return objects;
    }

    @Override
    public synchronized long reparent(CgroupPath offline, CgroupPath parent, int node) {
        called();
        late.remove(slot(offline, node));
        Slot from = slot(offline, node);
        long moved = at(from).objects();
        merge(from, new Tally(-moved, 0, 0, 0));
        merge(slot(parent, node), new Tally(moved, 0, 0, 0));
        return moved;
    }
}
