package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The transition of one cgroup from online to offline. Confined to the tree's actor.
 *
 * <ol>
 *   <li>The handle says offline, so new objects go to an ancestor. A stuck visitor of one of its nodes is waited for
 *       ({@link #goOn}). Then the visitor of each node ends its visits, has the shrinkers move their objects, and
 *       reports ({@link #quiesced}).
 *   <li>When all have reported, no visit of this cgroup is left on any node, so nobody adds to its deferred counts any
 *       more: counts and bits are given to the parent ({@link #handOver}). This order keeps the sum over the tree the
 *       same, even where a shrinker that is not NUMA aware is visited from several nodes (OfflineDuringPassesTest).
 * </ol>
 */
final class OfflineTransition {

    private final EngineContext engine;
    private final CgroupHandle cgroup;
    private final List<CgroupPerNode> nodes;
    private final ActorRef<CgroupTree.Command> tree;
    private final Map<CgroupPerNode, List<ShrinkerEntry>> bits = new HashMap<>();

    /** The receivers that are told of the end, by number. */
    private final Map<Integer, Reply<Done>> waiting = new LinkedHashMap<>(2);

    private int lastNumber;
    private boolean begun;

    OfflineTransition(
            EngineContext engine, CgroupHandle cgroup, List<CgroupPerNode> nodes, ActorRef<CgroupTree.Command> tree) {
        this.engine = engine;
        this.cgroup = cgroup;
        this.nodes = nodes;
        this.tree = tree;
    }

    /** The cgroup's data on all nodes. */
    List<CgroupPerNode> nodes() {
        return nodes;
    }

    /**
     * Adds a receiver that is told of the end.
     *
     * @return its number
     */
    int await(Reply<Done> replyTo) {
        waiting.put(++lastNumber, replyTo);
        return lastNumber;
    }

    /** Has the visitors end their visits, as soon as no replaced visitor is left. */
    void goOn() {
        if (!begun && nodes.stream().allMatch(perNode -> perNode.retiredVisitors == 0)) {
            begun = true;
            nodes.forEach(this::quiesce);
        }
    }

    private void quiesce(CgroupPerNode perNode) {
        perNode.visitor().tell(new CgroupNode.Quiesce(tree));
    }

    /** Asks the new visitor that replaces one that stopped by itself. */
    void visitorIsNew(CgroupPerNode perNode) {
        if (begun) {
            quiesce(perNode);
        }
    }

    /** Takes the report of a node that its objects are moved. True if it is the last report. */
    boolean quiesced(CgroupPerNode perNode, List<ShrinkerEntry> toSet) {
        bits.put(perNode, toSet);
        return bits.size() == nodes.size();
    }

    /** Gives bits and deferred counts to the parent. */
    void handOver() {
        nodes.forEach(this::handOver);
    }

    private void handOver(CgroupPerNode perNode) {
        CgroupPerNode parent = perNode.parent();
        if (parent == null) {
            throw new IllegalStateException("The root can't go offline");
        }
        for (ShrinkerEntry entry : engine.table().allocated()) {
            long objects = entry.isCgroupAware() ? perNode.units().takeDeferred(entry.id(), entry.serial()) : 0;
            if (objects > 0) {
                parent.units().addDeferred(entry.id(), entry.serial(), objects);
            }
        }
        if (!parent.isRoot()) {
            bits.getOrDefault(perNode, List.of()).forEach(parent::setBit);
        }
    }

    /** Tells all receivers that the cgroup is offline. */
    void tellDone() {
        waiting.values().forEach(replyTo -> replyTo.success(Done.getInstance()));
        waiting.clear();
    }

    /** Tells one receiver that the cgroup is not offline in time. */
    void tellLate(int number) {
        Reply<Done> replyTo = waiting.remove(number);
        if (replyTo != null) {
            replyTo.failure(new ReclaimerException(
                    Reason.OFFLINE_TIMEOUT,
                    "Cgroup [" + cgroup + "] is not offline after ["
                            + engine.settings().cgroups().offlineTimeout()
                            + "] [reclaimer.offline-timeout]: a call to a shrinker there has not come back. It goes offline"
                            + " when that has; ask again to hear of it"));
        }
    }
}
