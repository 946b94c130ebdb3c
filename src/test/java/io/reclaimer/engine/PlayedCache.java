package io.reclaimer.engine;

import io.reclaimer.interleavings.Scenario;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Schedule;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A cache of a played scenario that keeps the contract: a table of objects by cgroup and node. Says so where the engine
 * does not keep its part: a call before it is registered, or after it was answered that it is freed.
 */
final class PlayedCache implements Shrinker {

    /** One that is not cgroup aware uses the root's cells, and one that is not NUMA aware node 0's. */
    record Cell(CgroupHandle cgroup, int node) {}

    private final ScenarioWorld world;
    private final Scenario.Kind kind;
    private final String name;
    private final Map<Cell, Long> objects = new LinkedHashMap<>();
    private ShrinkerEntry entry;
    private int scanCalls;
    private long put;
    private int inside;
    private long freedObjects;

    /** Cells that were counted since {@link #forgetCounted}. */
    final Set<Cell> counted = new HashSet<>();

    boolean askedToRegister;
    boolean registered;
    boolean freeing;
    boolean freed;

    PlayedCache(ScenarioWorld world, Scenario.Kind kind, String name) {
        this.world = world;
        this.kind = kind;
        this.name = name;
    }

    ShrinkerSpec spec() {
        ShrinkerSpec spec = ShrinkerSpec.named(name).batch(kind.batch()).seeks(kind.seeks());
        spec = kind.byCgroup() ? spec.byCgroup() : spec;
        return kind.byNode() ? spec.byNode() : spec;
    }

    void allocated(ShrinkerEntry as) {
        entry = as;
    }

    /** Whether it can be used: it is allocated, and nobody has asked to free it. */
    boolean isLive() {
        return entry != null && !freeing;
    }

    ShrinkerEntry entry() {
        return entry;
    }

    Scenario.Kind kind() {
        return kind;
    }

    String name() {
        return name;
    }

    Map<Cell, Long> objects() {
        return objects;
    }

    long freedObjects() {
        return freedObjects;
    }

    /** Adds objects, and then sets the bit, as one has to who keeps lists: where the cgroup went offline, above it. */
    void put(CgroupHandle asked, int node, int more) {
        CgroupHandle cgroup = nearestOnline(asked);
        Cell cell = cell(cgroup, node);
        objects.merge(cell, (long) more, Long::sum);
        put += more;
        Schedule.step("looking whether " + cgroup + " is still online");
        if (cell.cgroup().isOnline()) {
            // On any node where it has one cell for all.
            cgroup.setBit(node, entry);
        } else {
            moveUp(cell);
        }
    }

    /** What was put before it was registered in cgroups that are offline now. */
    void moveAllUp() {
        for (Cell cell : Map.copyOf(objects).keySet()) {
            if (!cell.cgroup().isOnline()) {
                moveUp(cell);
            }
        }
    }

    private void moveUp(Cell cell) {
        while (true) {
            Long moved = objects.remove(cell);
            if (moved == null) {
                return;
            }
            CgroupHandle above = nearestOnline(cell.cgroup());
            Cell to = cell(above, cell.node());
            objects.merge(to, moved, Long::sum);
            Schedule.step("looking whether " + above + " is still online");
            if (above.isOnline()) {
                above.setBit(to.node(), entry);
                return;
            }
            cell = to;
        }
    }

    private static CgroupHandle nearestOnline(CgroupHandle asked) {
        CgroupHandle cgroup = asked;
        while (!cgroup.isOnline()) {
            cgroup = cgroup.parent();
        }
        return cgroup;
    }

    @Override
    public long count(ShrinkControl control) {
        enter("counted");
        Cell cell = cell(world.handle(control.cgroup()), control.node());
        counted.add(cell);
        long now = objects.getOrDefault(cell, 0L);
        leave("counted");
        return now > 0 ? now : kind.saysZero() ? 0 : EMPTY;
    }

    @Override
    public long scan(ShrinkControl control) {
        enter("scanned");
        scanCalls++;
        boolean stops = kind.stopsEach() > 0 && scanCalls % kind.stopsEach() == 0;
        Cell cell = cell(world.handle(control.cgroup()), control.node());
        long asked = control.nrToScan();
        long now = objects.getOrDefault(cell, 0L);
        long gone = stops ? 0 : Math.min(kind.halves() ? (asked + 1) / 2 : asked, now);
        if (gone == now) {
            objects.remove(cell);
        } else if (gone > 0) {
            objects.put(cell, now - gone);
        }
        freedObjects += gone;
        leave("scanned");
        return stops ? STOP : gone;
    }

    @Override
    public long reparent(CgroupPath offline, CgroupPath parent, int node) {
        enter("reparented");
        CgroupHandle cgroup = world.handle(offline);
        world.expect(!cgroup.isOnline(), name + " is asked to move what " + cgroup + " has, which is online");
        world.expect(
                !world.isVisiting(name, offline, node), offline + " is offline while " + name + " is visited there");
        Long moved = objects.remove(cell(cgroup, node));
        if (moved != null) {
            objects.merge(cell(cgroup.parent(), node), moved, Long::sum);
        }
        leave("reparented");
        return moved == null ? 0 : moved;
    }

    /** As many as there ever were. */
    boolean conservesObjects() {
        return put
                == freedObjects
                        + objects.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether it is being called. */
    boolean isInside() {
        return inside > 0;
    }

    private void enter(String how) {
        inside++;
        world.expect(!freed, name + " is " + how + " after it was answered that it is freed");
        world.expect(askedToRegister, name + " is " + how + ", and nobody asked to register it");
        Schedule.step(name + " is " + how);
    }

    private void leave(String how) {
        Schedule.step(name + " was " + how);
        world.expect(!freed, "It was answered that " + name + " is freed while it was being " + how);
        inside--;
    }

    private Cell cell(CgroupHandle cgroup, int node) {
        return new Cell(kind.byCgroup() ? cgroup : world.root(), kind.byNode() ? node : 0);
    }

    @Override
    public String toString() {
        return name + " " + objects;
    }
}
