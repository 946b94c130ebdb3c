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
 * The state of all cgroups on all nodes at one moment, for people and tests. It is read without a visitor, so it does
 * not wait for visits; it has every bit that was set before.
 */
public final class Inspection {

    /**
     * The state of one cgroup on one node.
     *
     * @param bits ids in rising order
     * @param deferred objects by id, where not 0
     */
    public record PerNodeState(List<Integer> bits, Map<Integer, Long> deferred) {
        private static final PerNodeState NOTHING = new PerNodeState(List.of(), Map.of());
    }

    private record Key(CgroupHandle cgroup, int node) {}

    private final ShrinkerTable table;
    private final List<CgroupHandle> cgroups;

    /** The states that have a bit, or something deferred. */
    private final Map<Key, PerNodeState> states = new HashMap<>();

    private Inspection(EngineContext engine, List<CgroupHandle> cgroups) {
        this.table = engine.table();
        this.cgroups = cgroups;
    }

    /**
     * Reads the state of all. Called by the tree's actor, which alone reads the deferred counts of passivated nodes,
     * and moves those of a cgroup that goes offline.
     */
    static Inspection of(
            EngineContext engine, Collection<CgroupHandle> cgroups, Collection<OfflineTransition> goingOffline) {
        Inspection inspection = new Inspection(
                engine, cgroups.stream().filter(CgroupHandle::isOnline).toList());
        inspection.cgroups.forEach(
                cgroup -> inspection.addAllNodes(cgroup, engine.settings().nodes()));
        goingOffline.forEach(transition -> transition.nodes().forEach(inspection::addGoingOffline));
        return inspection;
    }

    /** Returns all cgroups that are online, the root first, then in the order they came online. */
    public List<CgroupHandle> cgroups() {
        return cgroups;
    }

    /** Returns the state of a cgroup on a node. */
    public PerNodeState state(CgroupHandle cgroup, int node) {
        return states.getOrDefault(new Key(cgroup, node), PerNodeState.NOTHING);
    }

    private void addAllNodes(CgroupHandle cgroup, int nodes) {
        for (int node = 0; node < nodes; node++) {
            CgroupPerNode perNode = cgroup.onNode(node);
            List<UnitMap.Deferred> kept = cgroup.keptDeferred(node);
            if (perNode == null && kept.isEmpty()) {
                continue;
            }
            PerNodeState state = stateOf(cgroup, node);
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
        PerNodeState state = stateOf(perNode.cgroup().nearestOnline(), perNode.node());
        perNode.units().describe(table::serialOf, new ArrayList<>(), state.deferred());
    }

    private PerNodeState stateOf(CgroupHandle cgroup, int node) {
        return states.computeIfAbsent(
                new Key(cgroup, node), key -> new PerNodeState(new ArrayList<>(), new TreeMap<>()));
    }
}
