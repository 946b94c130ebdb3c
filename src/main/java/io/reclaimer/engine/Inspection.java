package io.reclaimer.engine;

import io.reclaimer.engine.call.ShrinkerTable;
import io.reclaimer.engine.unit.UnitMap;
import io.reclaimer.shrinker.Saturating;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A reader of the state of all cgroups on all nodes, for people and tests. It asks no visitor, so it answers whatever
 * visits do; every bit that was set before is in the answer.
 */
public final class Inspection {

    /** A cgroup on a node. */
    public record Place(CgroupHandle cgroup, int node) {}

    /**
     * The state of one cgroup on one node.
     *
     * @param bits ids in rising order
     * @param deferred objects by id, where not 0
     */
    public record PerNodeState(List<Integer> bits, Map<Integer, Long> deferred) {
        private static final PerNodeState NOTHING = new PerNodeState(List.of(), Map.of());
    }

    /**
     * The state of all.
     *
     * @param cgroups all that are online, the root first, then in the order they came online
     * @param states of those that have a bit, or something deferred
     */
    public record Inspected(List<CgroupHandle> cgroups, Map<Place, PerNodeState> states) {

        /** The state of a cgroup on a node. */
        public PerNodeState state(CgroupHandle cgroup, int node) {
            return states.getOrDefault(new Place(cgroup, node), PerNodeState.NOTHING);
        }
    }

    private final ShrinkerTable table;
    private final int nodes;
    private final Map<Place, PerNodeState> states = new HashMap<>();

    private Inspection(EngineContext engine) {
        this.table = engine.table();
        this.nodes = engine.settings().nodes();
    }

    /**
     * Reads the state of all. Called by the tree's actor, which alone reads the deferred counts of passivated nodes,
     * and moves those of a cgroup that goes offline.
     */
    static Inspected of(
            EngineContext engine, Collection<CgroupHandle> cgroups, Collection<OfflineTransition> goingOffline) {
        Inspection inspection = new Inspection(engine);
        List<CgroupHandle> online =
                cgroups.stream().filter(CgroupHandle::isOnline).toList();
        online.forEach(inspection::addAllNodes);
        goingOffline.forEach(transition -> transition.nodes().forEach(inspection::addGoingOffline));
        return new Inspected(online, inspection.states);
    }

    private void addAllNodes(CgroupHandle cgroup) {
        for (int node = 0; node < nodes; node++) {
            CgroupPerNode perNode = cgroup.onNode(node);
            List<UnitMap.Deferred> kept = cgroup.keptDeferred(node);
            if (perNode == null && kept.isEmpty()) {
                continue;
            }
            PerNodeState state = state(cgroup, node);
            if (perNode != null) {
                perNode.units().describe(table::serialOf, state.bits(), state.deferred());
            }
            for (UnitMap.Deferred count : kept) {
                if (table.bySerial(count.serial()) != null) {
                    state.deferred().merge(count.id(), count.objects(), Saturating::add);
                }
            }
        }
    }

    /** Adds the deferred counts of a cgroup that goes offline to those of its nearest ancestor that is online. */
    private void addGoingOffline(CgroupPerNode perNode) {
        PerNodeState state = state(perNode.cgroup().nearestOnline(), perNode.node());
        perNode.units().describe(table::serialOf, new ArrayList<>(), state.deferred());
    }

    private PerNodeState state(CgroupHandle cgroup, int node) {
        return states.computeIfAbsent(
                new Place(cgroup, node), place -> new PerNodeState(new ArrayList<>(), new TreeMap<>()));
    }
}
