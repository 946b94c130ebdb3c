package io.reclaimer.engine;

import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.ShrinkerTarget;
import io.reclaimer.interleavings.Scenario;
import io.reclaimer.interleavings.Scenario.Manner;
import io.reclaimer.interleavings.Scenario.Trouble;
import io.reclaimer.interleavings.Schedule;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A cache of a played scenario that keeps the contract: a table of objects by cgroup and node. It reports where the
 * engine breaks the contract: a call before it is registered, or after it is freed.
 */
final class PlayedCache implements Shrinker {

    /**
     * A cgroup on a node. A cache that is not cgroup aware uses the root's cells, and one that is not NUMA aware those
     * of node 0.
     */
    record Cell(CgroupHandle cgroup, int node) {}

    /** The deadline of calls that are overdue now and then. */
    private static final Duration DEADLINE = Duration.ofMillis(30);

    /** The time of a call that does not come back by itself. */
    private static final Duration FOR_EVER = Duration.ofHours(2);

    private final ScenarioWorld world;
    private final Scenario.Kind kind;
    private final String name;
    private final Map<Cell, Long> objects = new LinkedHashMap<>();
    private ShrinkerEntry entry;
    private int calls;
    private int scanCalls;

    /** Calls that have begun and have not been answered, by cell. */
    private final Map<Cell, Integer> underWay = new HashMap<>();

    private long put;
    private int inside;
    private long freedObjects;

    /** Cells that were counted since this was cleared. */
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

    /** The cache as it is handed over for allocation. */
    ShrinkerTarget target() {
        return kind.manner() == Manner.STAGE
                ? ShrinkerTarget.of(new PlayedStages(this, world))
                : ShrinkerTarget.of(spec(), this);
    }

    ShrinkerSpec spec() {
        ShrinkerSpec spec = ShrinkerSpec.named(name).batch(kind.batch()).seeks(kind.seeks());
        spec = kind.byCgroup() ? spec.byCgroup() : spec;
        spec = kind.manner() == Manner.BLOCKING ? spec.blocking() : spec;
        spec = kind.trouble() == Trouble.OVERDUE ? spec.callDeadline(DEADLINE) : spec;
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

    /**
     * Adds objects, and then sets the bit, as the owner of lists has to; for an ancestor where the cgroup went offline.
     */
    void put(CgroupHandle asked, int node, int more) {
        CgroupHandle cgroup = nearestOnline(asked);
        Cell cell = cell(cgroup, node);
        objects.merge(cell, (long) more, Long::sum);
        put += more;
        Schedule.step("looking whether " + cgroup + " is still online");
        if (cell.cgroup().isOnline()) {
            // On any node, where there is one cell for all nodes.
            cgroup.setBit(node, entry);
        } else {
            moveUp(cell);
        }
    }

    /** Moves objects up that were put before registration, in cgroups that are offline now. */
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
        Cell cell = cell(control);
        enter("counted", cell);
        makeTrouble("counted", cell);
        long answer = countIn(cell);
        leave("counted", cell);
        return answer;
    }

    @Override
    public long scan(ShrinkControl control) {
        Cell cell = cell(control);
        enter("scanned", cell);
        makeTrouble("scanned", cell);
        long answer = scanIn(cell, control.nrToScan());
        leave("scanned", cell);
        return answer;
    }

    @Override
    public long reparent(CgroupPath offline, CgroupPath parent, int node) {
        Cell cell = cell(world.handle(offline), node);
        enter("reparented", cell);
        long moved = move(cell);
        leave("reparented", cell);
        if (kind.reparentFails()) {
            throw new IllegalStateException("It fails after it has moved its objects");
        }
        return moved;
    }

    long countIn(Cell cell) {
        counted.add(cell);
        long now = objects.getOrDefault(cell, 0L);
        return now > 0 ? now : kind.saysZero() ? 0 : EMPTY;
    }

    long scanIn(Cell cell, long asked) {
        scanCalls++;
        boolean stops = kind.stopsEach() > 0 && scanCalls % kind.stopsEach() == 0;
        long now = objects.getOrDefault(cell, 0L);
        long gone = stops ? 0 : Math.min(kind.halves() ? (asked + 1) / 2 : asked, now);
        if (gone == now) {
            objects.remove(cell);
        } else if (gone > 0) {
            objects.put(cell, now - gone);
        }
        freedObjects += gone;
        return stops ? STOP : gone;
    }

    /** Moves all objects of a cell to the parent. */
    long move(Cell cell) {
        CgroupHandle cgroup = cell.cgroup();
        world.expect(!cgroup.isOnline(), name + " is asked to move what " + cgroup + " has, which is online");
        world.expect(
                !world.isVisiting(name, cgroup.path(), cell.node()),
                cgroup + " is offline while " + name + " is visited there");
        Long moved = objects.remove(cell);
        if (moved != null) {
            objects.merge(cell(cgroup.parent(), cell.node()), moved, Long::sum);
        }
        return moved == null ? 0 : moved;
    }

    /** Whether the next call is one that makes trouble. */
    boolean isTroublesome() {
        return !world.isCalm() && kind.trouble() != Trouble.NONE && ++calls % kind.troubleEach() == 0;
    }

    private void makeTrouble(String how, Cell cell) {
        if (!isTroublesome()) {
            return;
        }
        switch (kind.trouble()) {
            case SLOW, STUCK, OVERDUE -> sleep(how);
            case FAILS -> {
                leave(how, cell);
                throw new IllegalStateException("It is to fail");
            }
            case FAILS_WITH_AN_ERROR -> {
                leave(how, cell);
                throw new AssertionError("It is to fail");
            }
            case NONE, LATER -> {}
        }
    }

    /** Keeps the thread for long. */
    void sleep(String how) {
        Duration time = switch (kind.trouble()) {
            case SLOW -> Duration.ofMillis(kind.millis());
            case OVERDUE -> DEADLINE.plusMillis(kind.millis());
            default -> FOR_EVER;
        };
        if (kind.trouble() == Trouble.OVERDUE) {
            world.mayMiss();
        }
        Schedule.sleep(time, name + " is " + how);
    }

    /** Whether all objects ever put are there, or were freed. */
    boolean conservesObjects() {
        return put
                == freedObjects
                        + objects.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether it is being called. */
    boolean isInside() {
        return inside > 0;
    }

    void enter(String how, Cell cell) {
        inside++;
        world.expect(!freed, name + " is " + how + " after it was answered that it is freed");
        world.expect(askedToRegister, name + " is " + how + ", and nobody asked to register it");
        begin(how, cell, true);
        Schedule.step(name + " is " + how);
    }

    void leave(String how, Cell cell) {
        Schedule.step(name + " was " + how);
        world.expect(!freed, "It was answered that " + name + " is freed while it was being " + how);
        inside--;
        end(cell);
    }

    /**
     * Begins a call.
     *
     * @param isNew false where it goes on after it was left, until its stage is complete
     */
    void begin(String how, Cell cell, boolean isNew) {
        int now = underWay.merge(cell, 1, Integer::sum);
        // With one cell for all nodes it is called for each of them. A call that is given up goes on.
        boolean alone = (kind.byNode() || world.nodes() == 1) && kind.trouble() != Trouble.OVERDUE;
        world.expect(
                !isNew || now == 1 || !alone,
                name + " is " + how + " in " + cell.cgroup() + " on node " + cell.node()
                        + " while a call of it is under way there");
    }

    /** Ends a call. */
    void end(Cell cell) {
        underWay.merge(cell, -1, Integer::sum);
    }

    Cell cell(ShrinkControl control) {
        return cell(world.handle(control.cgroup()), control.node());
    }

    Cell cell(CgroupHandle cgroup, int node) {
        return new Cell(kind.byCgroup() ? cgroup : world.root(), kind.byNode() ? node : 0);
    }

    @Override
    public String toString() {
        return name + " " + objects;
    }
}
