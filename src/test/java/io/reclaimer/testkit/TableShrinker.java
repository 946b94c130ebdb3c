package io.reclaimer.testkit;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.HashMap;
import java.util.Map;

/**
 * A shrinker over a table of numbers of objects, by cgroup and node, with the scan behaviours of the conformance scenarios.
 * Thread-safe.
 *
 * <p>A table that is not cgroup aware has the row of the root only; one that is not NUMA aware has node 0 only.
 */
public final class TableShrinker implements Shrinker {

    /** The behaviour of a scan. */
    public enum Scan {
        /** Frees what it is asked for. */
        FULL,
        /** Frees half of it. */
        HALF,
        /** Frees nothing, and reports that it scanned all. */
        REFUSE,
        /** Answers STOP in every {@code arg}-th call, and is FULL otherwise. */
        STOP,
        /** Scans {@code arg} percent of what it is asked for, and frees as many. */
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

    public TableShrinker(boolean cgroupAware, boolean numaAware, long whenEmpty, Scan scan, int arg) {
        this.cgroupAware = cgroupAware;
        this.numaAware = numaAware;
        this.whenEmpty = whenEmpty;
        this.scan = scan;
        this.arg = arg;
    }

    /** A table by cgroup and node whose scans free what they are asked for, and whose counts answer EMPTY where it is empty. */
    public static TableShrinker full() {
        return new TableShrinker(true, true, EMPTY, Scan.FULL, 1);
    }

    public synchronized void put(CgroupPath cgroup, int node, long more) {
        objects.merge(cell(cgroup, node), more, Long::sum);
    }

    /** Adds objects right after the next count that finds nothing. */
    public synchronized void putLate(CgroupPath cgroup, int node, long more) {
        late.merge(cell(cgroup, node), more, Long::sum);
    }

    public synchronized long objects(CgroupPath cgroup, int node) {
        return objects.getOrDefault(cell(cgroup, node), 0L);
    }

    /** All objects. */
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
                long scanned = Math.max(1, asked * arg / 100);
                control.nrScanned(scanned);
                yield free(cell, scanned);
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
