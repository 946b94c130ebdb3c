package io.reclaimer.engine;

import io.reclaimer.shrinker.Saturating;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the state of all pairs, for people and tests. It asks nobody, so it answers whatever visits do; every bit that was set
 * before is in the answer.
 */
public final class Inspection {

    /** Where a pair is, or could be. */
    public record Place(CgroupHandle cgroup, int node) {}

    /**
     * What one pair has.
     *
     * @param bits ids in rising order
     * @param deferred objects by id, where not 0
     */
    public record PairState(List<Integer> bits, Map<Integer, Long> deferred) {
        private static final PairState NOTHING = new PairState(List.of(), Map.of());
    }

    /**
     * The answer.
     *
     * @param cgroups all that are online, the root first, then in the order they came online
     * @param states of those cgroups and nodes that have something
     */
    public record Inspected(List<CgroupHandle> cgroups, Map<Place, PairState> states) {

        /** What a cgroup has on a node. */
        public PairState state(CgroupHandle cgroup, int node) {
            return states.getOrDefault(new Place(cgroup, node), PairState.NOTHING);
        }
    }

    private final ShrinkerTable table;
    private final int nodes;
    private final Map<Place, PairState> states = new HashMap<>();

    private Inspection(Published published) {
        this.table = published.table();
        this.nodes = published.settings().nodes();
    }

    /** By the tree's actor, which alone knows what is owed where there is no pair, and moves what a cgroup owes that goes. */
    static Inspected of(Published published, Collection<CgroupHandle> cgroups, Collection<Departure> departures) {
        Inspection inspection = new Inspection(published);
        List<CgroupHandle> online =
                cgroups.stream().filter(CgroupHandle::isOnline).toList();
        online.forEach(inspection::addAllNodes);
        departures.forEach(departure -> departure.pairs().forEach(inspection::addLeaving));
        return new Inspected(online, inspection.states);
    }

    private void addAllNodes(CgroupHandle cgroup) {
        for (int node = 0; node < nodes; node++) {
            Pair pair = cgroup.pair(node);
            List<UnitMap.Owed> owed = cgroup.owed(node);
            if (pair == null && owed.isEmpty()) {
                continue;
            }
            PairState state = state(cgroup, node);
            if (pair != null) {
                pair.units().describe(table, state.bits(), state.deferred());
            }
            for (UnitMap.Owed one : owed) {
                if (table.bySerial(one.serial()) != null) {
                    state.deferred().merge(one.id(), one.objects(), Saturating::add);
                }
            }
        }
    }

    /** What a cgroup owes that is on its way offline is owed by the nearest one above that is online. */
    private void addLeaving(Pair pair) {
        PairState state = state(pair.cgroup().nearestOnline(), pair.node());
        pair.units().describe(table, new ArrayList<>(), state.deferred());
    }

    private PairState state(CgroupHandle cgroup, int node) {
        return states.computeIfAbsent(
                new Place(cgroup, node), place -> new PairState(new ArrayList<>(), new TreeMap<>()));
    }
}
