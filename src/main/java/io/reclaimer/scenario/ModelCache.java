package io.reclaimer.scenario;

import io.reclaimer.scenario.CacheModel.Fault;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A modelled cache: a table of objects by cgroup and node. Any thread.
 *
 * <p>One that is not cgroup aware uses the root's row for all; one that is not NUMA aware uses node 0's cell for all.
 */
final class ModelCache implements Shrinker {

    /** What a cell is of. */
    record Cell(CgroupPath cgroup, int node) {}

    /** What happened in one cell since the beginning, and what is in it. */
    record Tally(long objects, long added, long freed, long taken) {

        static final Tally NONE = new Tally(0, 0, 0, 0);

        Tally plus(Tally other) {
            return new Tally(objects + other.objects, added + other.added, freed + other.freed, taken + other.taken);
        }

        /** What came and is nowhere: 0, but where only a part of the tree is looked at, for objects move. */
        long lost() {
            return added - objects - freed - taken;
        }
    }

    /** Who is told what was freed. */
    interface Listener {
        void freed(Cell cell, long objects);
    }

    private final boolean cgroupAware;
    private final boolean numaAware;
    private final Random random;
    private final Listener listener;
    private final Map<Cell, Tally> cells = new HashMap<>();
    private final Map<Cell, Long> late = new HashMap<>();
    private CacheModel model;
    private int scanCalls;
    private boolean freed;
    private int callsAfterFreed;

    ModelCache(boolean cgroupAware, boolean numaAware, CacheModel model, Random random, Listener listener) {
        this.cgroupAware = cgroupAware;
        this.numaAware = numaAware;
        this.model = model;
        this.random = random;
        this.listener = listener;
    }

    Cell cell(CgroupPath cgroup, int node) {
        return new Cell(cgroupAware ? cgroup : CgroupPath.root(), numaAware ? node : 0);
    }

    /** From now on it behaves like that. */
    synchronized void change(CacheModel newModel) {
        model = newModel;
        scanCalls = 0;
    }

    synchronized CacheModel model() {
        return model;
    }

    /** Objects join. True where there were none before. */
    synchronized boolean add(Cell cell, long objects) {
        boolean none = at(cell).objects() == 0;
        merge(cell, new Tally(objects, objects, 0, 0));
        return none && objects > 0;
    }

    /** Objects that join right after the next count that finds none. */
    synchronized void addLate(Cell cell, long objects) {
        late.merge(cell, objects, Long::sum);
    }

    /** The application takes out so many, or all that there are. */
    synchronized void take(Cell cell, long objects) {
        long taken = Math.min(objects, at(cell).objects());
        merge(cell, new Tally(-taken, 0, 0, taken));
    }

    synchronized long objects(Cell cell) {
        return at(cell).objects();
    }

    /** All that is in cells that are meant, and happened there. */
    synchronized Tally tally(Predicate<Cell> which) {
        return cells.entrySet().stream()
                .filter(entry -> which.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .reduce(Tally.NONE, Tally::plus);
    }

    /** What is there, on all nodes. */
    synchronized Map<CgroupPath, Long> byCgroup() {
        Map<CgroupPath, Long> objects = new TreeMap<>(Comparator.comparing(CgroupPath::toString));
        cells.forEach((cell, tally) -> objects.merge(cell.cgroup(), tally.objects(), Long::sum));
        return objects;
    }

    synchronized int scanCalls() {
        return scanCalls;
    }

    /** It has been freed: from now on it must not be called. */
    synchronized void freed() {
        freed = true;
    }

    synchronized int callsAfterFreed() {
        return callsAfterFreed;
    }

    private Tally at(Cell cell) {
        return cells.getOrDefault(cell, Tally.NONE);
    }

    private void merge(Cell cell, Tally change) {
        cells.merge(cell, change, Tally::plus);
    }

    private void called() {
        callsAfterFreed += freed ? 1 : 0;
    }

    @Override
    public synchronized long count(ShrinkControl control) {
        called();
        Cell cell = cell(control.cgroup(), control.node());
        long objects = at(cell).objects();
        if (objects > 0) {
            return (long) (objects * model.countFactor());
        }
        Long arrived = late.remove(cell);
        if (arrived != null) {
            add(cell, arrived);
        }
        return model.whenEmpty() == CacheModel.WhenEmpty.EMPTY ? EMPTY : 0;
    }

    /** Whether the next scan call is one that never answers; where it is, that is the call. */
    synchronized boolean isNextStuck() {
        if (model.faults().isPresent() && model.faults().get().kind() == Fault.STUCK && isFaulty(scanCalls + 1)) {
            called();
            scanCalls++;
            return true;
        }
        return false;
    }

    @Override
    public synchronized long scan(ShrinkControl control) {
        called();
        scanCalls++;
        Cell cell = cell(control.cgroup(), control.node());
        long asked = control.nrToScan();
        if (isFaulty(scanCalls)) {
            switch (model.faults().orElseThrow().kind()) {
                case THROW -> throw new IllegalStateException("A fault of the scenario");
                case TOO_MANY -> {
                    return Long.MAX_VALUE;
                }
                case NEGATIVE -> {
                    return -1_000;
                }
                case STUCK -> {
                    // That is the answer's matter, see isNextStuck.
                }
            }
        }
        return switch (model.scan()) {
            case FULL -> free(cell, asked);
            case HALF -> free(cell, asked / 2);
            case REFUSE -> 0;
            case STOP -> scanCalls % model.arg() == 0 ? STOP : free(cell, asked);
            case UNDER -> {
                long looked = Math.max(1, asked * model.arg() / 100);
                control.nrScanned(looked);
                yield free(cell, looked);
            }
        };
    }

    private boolean isFaulty(int call) {
        if (model.faults().isEmpty()) {
            return false;
        }
        CacheModel.Faults faults = model.faults().get();
        return faults.calls().contains(call)
                || (faults.every() > 0 && call % faults.every() == 0)
                || (faults.rate() > 0 && random.nextDouble() < faults.rate());
    }

    private long free(Cell cell, long most) {
        long objects = Math.min(most, at(cell).objects());
        merge(cell, new Tally(-objects, 0, objects, 0));
        if (objects > 0) {
            listener.freed(cell, objects);
        }
        return objects;
    }

    @Override
    public synchronized long reparent(CgroupPath offline, CgroupPath parent, int node) {
        called();
        late.remove(cell(offline, node));
        Cell from = cell(offline, node);
        long moved = at(from).objects();
        merge(from, new Tally(-moved, 0, 0, 0));
        merge(cell(parent, node), new Tally(moved, 0, 0, 0));
        return moved;
    }
}
