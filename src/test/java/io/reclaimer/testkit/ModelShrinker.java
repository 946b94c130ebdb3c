package io.reclaimer.testkit;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.HashMap;
import java.util.Map;

/**
 * A table of objects by cgroup and node, with the ways to count and scan of the conformance scenarios. Any thread.
 *
 * <p>One that is not cgroup aware uses the root's row for all; one that is not NUMA aware uses node 0's cell for all.
 */
public final class ModelShrinker implements Shrinker {

    /** What a scan does. */
    public enum Scan {
        /** Frees what it is asked for. */
        FULL,
        /** Frees half of it. */
        HALF,
        /** Frees nothing, and says it looked at all. */
        REFUSE,
        /** Answers STOP on every {@code arg}-th call, and is FULL otherwise. */
        STOP,
        /** Looks at {@code arg} percent of what it is asked for, and frees as many. */
        UNDER
    }

    private record Cell(CgroupPath cgroup, int node) {}

    private final boolean cgroupAware;
    private final boolean numaAware;
    private final long whenEmpty;
    private final Scan scan;
    private final int arg;
    private final Map<Cell, Long> objects = new HashMap<>();
    private final Map<Cell, Long> late = new HashMap<>();
    private int scanCalls;

    public ModelShrinker(boolean cgroupAware, boolean numaAware, long whenEmpty, Scan scan, int arg) {
        this.cgroupAware = cgroupAware;
        this.numaAware = numaAware;
        this.whenEmpty = whenEmpty;
        this.scan = scan;
        this.arg = arg;
    }

    /** One that keeps its objects by cgroup and node, frees what it is asked for, and says EMPTY when it is. */
    public static ModelShrinker full() {
        return new ModelShrinker(true, true, EMPTY, Scan.FULL, 1);
    }

    public synchronized void put(CgroupPath cgroup, int node, long more) {
        objects.merge(cell(cgroup, node), more, Long::sum);
    }

    /** Objects that come right after the next count found nothing. */
    public synchronized void putLate(CgroupPath cgroup, int node, long more) {
        late.merge(cell(cgroup, node), more, Long::sum);
    }

    public synchronized long objects(CgroupPath cgroup, int node) {
        return objects.getOrDefault(cell(cgroup, node), 0L);
    }

    /** All it holds. */
    public synchronized long objects() {
        return objects.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public synchronized long count(ShrinkControl control) {
        Cell cell = cell(control.cgroup(), control.node());
        long now = objects.getOrDefault(cell, 0L);
        if (now > 0) {
            return now;
        }
        Long arrived = late.remove(cell);
        if (arrived != null) {
            objects.merge(cell, arrived, Long::sum);
        }
        return whenEmpty;
    }

    @Override
    public synchronized long scan(ShrinkControl control) {
        scanCalls++;
        long asked = control.nrToScan();
        Cell cell = cell(control.cgroup(), control.node());
        return switch (scan) {
            case FULL -> free(cell, asked);
            case HALF -> free(cell, asked / 2);
            case REFUSE -> 0;
            case STOP -> scanCalls % arg == 0 ? STOP : free(cell, asked);
            case UNDER -> {
                long looked = Math.max(1, asked * arg / 100);
                control.nrScanned(looked);
                yield free(cell, looked);
            }
        };
    }

    @Override
    public synchronized long reparent(CgroupPath offline, CgroupPath parent, int node) {
        late.remove(cell(offline, node));
        Long moved = objects.remove(cell(offline, node));
        if (moved == null || moved == 0) {
            return 0;
        }
        put(parent, node, moved);
        return moved;
    }

    private long free(Cell cell, long most) {
        long freed = Math.min(most, objects.getOrDefault(cell, 0L));
        objects.merge(cell, -freed, Long::sum);
        return freed;
    }

    private Cell cell(CgroupPath cgroup, int node) {
        return new Cell(cgroupAware ? cgroup : CgroupPath.root(), numaAware ? node : 0);
    }
}
