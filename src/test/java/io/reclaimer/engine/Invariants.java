package io.reclaimer.engine;

import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.ShrinkerTable;
import io.reclaimer.engine.call.VisitingThread;
import io.reclaimer.engine.unit.UnitMap;
import io.reclaimer.interleavings.Scenario.Trouble;
import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The invariants of a played scenario, after each step and when nothing is under way. */
final class Invariants {

    private final ScenarioWorld world;
    private final DeferredBook book;
    private ShrinkerTable lastTable = ShrinkerTable.EMPTY;
    private int lastNrMax;

    Invariants(ScenarioWorld world, DeferredBook book) {
        this.world = world;
        this.book = book;
    }

    /** Checks what holds after each step. */
    void checkStep() {
        int nrMax = world.engine.nrMax();
        if (nrMax != lastNrMax) {
            world.expect(nrMax >= lastNrMax, "nrMax shrinks from " + lastNrMax + " to " + nrMax);
            lastNrMax = nrMax;
        }
        ShrinkerTable table = world.engine.table();
        if (table != lastTable) {
            lastTable = table;
            idsAreUnique(table.allocated(), nrMax);
        }
    }

    private void idsAreUnique(List<ShrinkerEntry> allocated, int nrMax) {
        Set<Integer> ids = new HashSet<>();
        for (ShrinkerEntry entry : allocated) {
            if (entry.isCgroupAware()) {
                world.expect(ids.add(entry.id()), entry + " has the id of another one");
                world.expect(!world.isUsedByAnother(entry), entry + " has the id of one that is being called");
                world.expect(entry.id() < nrMax, entry + " has an id beyond nrMax, " + nrMax);
            }
        }
    }

    /** Checks what holds when nothing is under way. */
    void checkQuiet() {
        for (ScenarioWorld.Once<?> reply : world.replies) {
            world.expect(reply.isAnswered(), "[" + reply + "] is not answered, and nothing is under way any more");
        }
        for (ShrinkerEntry entry : world.engine.table().allocated()) {
            world.expect(entry.holdCount() == 0, entry + " is held, and no visit is under way");
            world.expect(!entry.isStuck(), entry + " counts as stuck, and no call is under way");
        }
        world.expect(engine().pendingCalls().isEmpty(), "A call is awaited, and none is under way");
        for (VisitingThread thread : engine().visitingThreads().all()) {
            world.expect(
                    !thread.isWorking() && thread.number() % 2 == 0,
                    "A thread counts as in a call, and none is under way");
        }
        world.cgroups.forEach(this::checkPairs);
        world.expect(world.engine.bitsBeyondMap() == 0, "A bit is set for an id beyond a map");
        world.cgroups.forEach(this::checkMarks);
        world.caches.forEach(this::checkCache);
        checkFreed();
    }

    private EngineContext engine() {
        return world.engine;
    }

    /** No visit and no call is kept where none is under way. */
    private void checkPairs(CgroupHandle cgroup) {
        for (int node = 0; node < world.nodes(); node++) {
            CgroupPerNode perNode = cgroup.onNode(node);
            if (perNode == null || !cgroup.isOnline()) {
                continue;
            }
            world.expect(!perNode.isInUse(), perNode + " is in use, and no visit is under way");
            world.expect(perNode.retiredVisitors == 0, perNode + " has an earlier visitor that has not stopped");
            world.expect(perNode.late().all().isEmpty(), perNode + " has a late visit, and none is under way");
            for (ShrinkerEntry entry : engine().table().allocated()) {
                world.expect(
                        !perNode.late().isLate(entry),
                        entry + " is late in " + perNode + ", and no visit is under way");
            }
            for (String kept : List.of("queues", "ended")) {
                world.expect(
                        isNull(perNode.queues(), kept),
                        perNode + " has calls in [" + kept + "], and none is under way");
            }
            world.expect(
                    isNull(perNode.late(), "waiters"),
                    "A round waits for a late visit in " + perNode + ", and there is none");
        }
    }

    private static boolean isNull(Object of, String field) {
        try {
            Field found = of.getClass().getDeclaredField(field);
            found.setAccessible(true);
            return found.get(of) == null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("No field [" + field + "] in [" + of.getClass() + "]", e);
        }
    }

    private void checkMarks(CgroupHandle cgroup) {
        for (int node = 0; cgroup.isOnline() && node < world.nodes(); node++) {
            CgroupPerNode perNode = cgroup.onNode(node);
            if (perNode == null) {
                continue;
            }
            boolean dirty = !perNode.units().isClean();
            for (CgroupPerNode at = perNode; dirty && at.parent() != null; at = at.parent()) {
                world.expect(
                        at.listed, "A bit is set in " + perNode + ", and " + at.parent() + " does not know of " + at);
            }
        }
    }

    private void checkCache(PlayedCache cache) {
        world.expect(cache.conservesObjects(), "Objects of " + cache + " are gone that nobody freed");
        if (!cache.isLive()) {
            return;
        }
        cache.objects().forEach((cell, objects) -> {
            CgroupHandle cgroup = cell.cgroup();
            if (!cgroup.isOnline()) {
                world.expect(
                        !cache.registered || mayNotBeAskedToMove(cache),
                        cache + " has objects in " + cgroup + ", which is offline: none asked to move them");
            } else if (!cgroup.isRoot()) {
                world.expect(
                        hasBit(cache, cell),
                        cache + " has objects in " + cgroup + " on node " + cell.node() + ", and no bit: it is lost");
            }
        });
        if (book.isComplete(cache.name()) && cache.registered) {
            long owed = book.owed(cache.name());
            long there = deferredOf(cache.entry());
            world.expect(
                    owed == there,
                    "Visits of " + cache.name() + " left " + owed + " objects owed, and " + there + " are in the tree");
        }
    }

    /** A shrinker with a call past its deadline is asked nothing until that comes back. */
    private static boolean mayNotBeAskedToMove(PlayedCache cache) {
        return cache.kind().trouble() == Trouble.OVERDUE;
    }

    /** Whether the bit is set on the cell's node, or on any node for a cache with one cell for all nodes. */
    private boolean hasBit(PlayedCache cache, PlayedCache.Cell cell) {
        for (int node = 0; node < world.nodes(); node++) {
            CgroupPerNode perNode = cell.cgroup().onNode(node);
            boolean asked = node == cell.node() || !cache.kind().byNode();
            if (asked && perNode != null && perNode.isSet(cache.entry())) {
                return true;
            }
        }
        return false;
    }

    private long deferredOf(ShrinkerEntry entry) {
        long sum = 0;
        for (long objects : entry.globalDeferredCounts()) {
            sum += objects;
        }
        for (CgroupHandle cgroup : world.cgroups) {
            for (int node = 0; entry.isCgroupAware() && cgroup.isOnline() && node < world.nodes(); node++) {
                CgroupPerNode perNode = cgroup.onNode(node);
                sum += perNode == null ? 0 : perNode.units().addDeferred(entry.id(), entry.serial(), 0);
                for (UnitMap.Deferred owed : cgroup.keptDeferred(node)) {
                    sum += owed.serial() == entry.serial() ? owed.objects() : 0;
                }
            }
        }
        return sum;
    }

    /** Rounds report exactly the objects that are gone; where one ended early, its visits may have freed more. */
    private void checkFreed() {
        long freed = world.caches.stream().mapToLong(PlayedCache::freedObjects).sum();
        boolean adds = world.allRoundsWereDone ? world.freedByRounds == freed : world.freedByRounds <= freed;
        world.expect(adds, "Rounds say they freed " + world.freedByRounds + ", and " + freed + " objects are gone");
    }

    /** Checks while a call is stuck that a round has emptied all caches without trouble. */
    void checkOthersGave() {
        for (PlayedCache cache : world.caches) {
            if (!cache.isLive() || !cache.registered || !cache.kind().givesAll()) {
                continue;
            }
            for (PlayedCache.Cell cell : cache.objects().keySet()) {
                world.expect(
                        !cell.cgroup().isOnline(),
                        cache + " has objects in " + cell.cgroup() + " on node " + cell.node()
                                + " after a round for all of them: it waits for a call that is stuck elsewhere");
            }
        }
    }

    /** Checks after a round on all that every cache with objects was asked. */
    void checkAsked() {
        for (PlayedCache cache : world.caches) {
            if (cache.isLive() && cache.registered) {
                for (PlayedCache.Cell cell : cache.objects().keySet()) {
                    world.expect(
                            cache.counted.contains(cell) || (!cell.cgroup().isOnline() && mayNotBeAskedToMove(cache)),
                            cache + " was not asked in " + cell.cgroup() + " on node " + cell.node());
                }
            }
        }
    }
}
