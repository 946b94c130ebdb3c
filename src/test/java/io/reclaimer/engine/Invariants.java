package io.reclaimer.engine;

import io.reclaimer.interleavings.Scenario.Trouble;
import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What has to hold in a played scenario: after each step, and when nothing is under way. */
final class Invariants {

    private final ScenarioWorld world;
    private final DeferredBook book;
    private ShrinkerTable lastTable = ShrinkerTable.EMPTY;
    private int lastNrMax;

    Invariants(ScenarioWorld world, DeferredBook book) {
        this.world = world;
        this.book = book;
    }

    /** After each step of anybody. */
    void checkStep() {
        int nrMax = world.published.nrMax();
        if (nrMax != lastNrMax) {
            world.expect(nrMax >= lastNrMax, "nrMax shrinks from " + lastNrMax + " to " + nrMax);
            lastNrMax = nrMax;
        }
        ShrinkerTable table = world.published.table();
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

    /** When nothing is under way. */
    void checkQuiet() {
        for (ScenarioWorld.Once<?> reply : world.replies) {
            world.expect(reply.isAnswered(), "[" + reply + "] is not answered, and nothing is under way any more");
        }
        for (ShrinkerEntry entry : world.published.table().allocated()) {
            world.expect(entry.holdCount() == 0, entry + " is held, and no visit is under way");
            world.expect(!entry.isStuck(), entry + " counts as stuck, and no call is under way");
        }
        world.expect(published().pendingCalls().isEmpty(), "A call is awaited, and none is under way");
        for (CallMark mark : published().callMarks().all()) {
            world.expect(
                    !mark.isWorking() && mark.number() % 2 == 0, "A thread counts as in a call, and none is under way");
        }
        world.cgroups.forEach(this::checkPairs);
        world.expect(world.published.strayBits() == 0, "A bit is set for an id beyond a map");
        world.cgroups.forEach(this::checkMarks);
        world.caches.forEach(this::checkCache);
        checkFreed();
    }

    private Published published() {
        return world.published;
    }

    /** Nothing is kept in a pair of who is under way there. */
    private void checkPairs(CgroupHandle cgroup) {
        for (int node = 0; node < world.nodes(); node++) {
            Pair pair = cgroup.pair(node);
            if (pair == null || !cgroup.isOnline()) {
                continue;
            }
            world.expect(!pair.isInUse(), pair + " is in use, and no visit is under way");
            world.expect(pair.retiredVisitors == 0, pair + " has a visitor of before that has not ended");
            world.expect(pair.late().all().isEmpty(), pair + " has a late visit, and none is under way");
            for (ShrinkerEntry entry : published().table().allocated()) {
                world.expect(!pair.late().isLate(entry), entry + " is late in " + pair + ", and no visit is under way");
            }
            for (String kept : List.of("lanes", "ended")) {
                world.expect(isNull(pair.lanes(), kept), pair + " has calls in [" + kept + "], and none is under way");
            }
            world.expect(
                    isNull(pair.late(), "waiters"),
                    "A round waits for a late visit in " + pair + ", and there is none");
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
            Pair pair = cgroup.pair(node);
            if (pair == null) {
                continue;
            }
            boolean dirty = !pair.units().isClean();
            for (Pair at = pair; dirty && at.parent() != null; at = at.parent()) {
                world.expect(at.listed, "A bit is set in " + pair + ", and " + at.parent() + " does not know of " + at);
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

    /** One that has a call past its deadline is asked nothing until that comes back. */
    private static boolean mayNotBeAskedToMove(PlayedCache cache) {
        return cache.kind().trouble() == Trouble.OVERDUE;
    }

    /** On its node, or on any where it has one cell for all. */
    private boolean hasBit(PlayedCache cache, PlayedCache.Cell cell) {
        for (int node = 0; node < world.nodes(); node++) {
            Pair pair = cell.cgroup().pair(node);
            boolean asked = node == cell.node() || !cache.kind().byNode();
            if (asked && pair != null && pair.units().isSet(cache.entry())) {
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
                Pair pair = cgroup.pair(node);
                sum += pair == null ? 0 : pair.units().addDeferred(entry, 0);
                for (UnitMap.Owed owed : cgroup.owed(node)) {
                    sum += owed.serial() == entry.serial() ? owed.objects() : 0;
                }
            }
        }
        return sum;
    }

    /** What rounds say they freed is what is gone; where one ended early, its walks may have freed more. */
    private void checkFreed() {
        long freed = world.caches.stream().mapToLong(PlayedCache::freedObjects).sum();
        boolean adds = world.allRoundsWereDone ? world.freedByRounds == freed : world.freedByRounds <= freed;
        world.expect(adds, "Rounds say they freed " + world.freedByRounds + ", and " + freed + " objects are gone");
    }

    /** While a call is stuck: a round has emptied all that the trouble is not in. */
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

    /** After a round on all: everybody was asked who has something. */
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
