package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One cgroup on its way offline. Confined to the tree's actor.
 *
 * <ol>
 *   <li>The handle says offline, so new objects go to an ancestor. Where a visitor of one of its pairs is stuck, it is waited for
 *       ({@link #goOn}). Then each pair ends its visits, has its shrinkers move their objects, and reports ({@link #quiesced}).
 *   <li>When all have, no visit of this cgroup is left on any node, so nobody adds to its deferred counts any more: counts and bits
 *       are the parent's from now on ({@link #handOver}). This order is what keeps the sum over the tree the same even where a
 *       shrinker that is not NUMA aware is visited from several nodes (OfflineDuringPassesTest).
 * </ol>
 */
final class Departure {

    private final Published published;
    private final CgroupHandle cgroup;
    private final List<Pair> pairs;
    private final ActorRef<CgroupTree.Command> tree;
    private final Map<Pair, List<ShrinkerEntry>> bits = new HashMap<>();

    /** Who is to hear when it is over, by number. */
    private final Map<Integer, Reply<Done>> waiting = new LinkedHashMap<>(2);

    private int lastNumber;
    private boolean begun;

    Departure(Published published, CgroupHandle cgroup, List<Pair> pairs, ActorRef<CgroupTree.Command> tree) {
        this.published = published;
        this.cgroup = cgroup;
        this.pairs = pairs;
        this.tree = tree;
    }

    CgroupHandle cgroup() {
        return cgroup;
    }

    /** Its pairs on all nodes. */
    List<Pair> pairs() {
        return pairs;
    }

    /**
     * One more is to hear when it is over.
     *
     * @return its number
     */
    int await(Reply<Done> replyTo) {
        waiting.put(++lastNumber, replyTo);
        return lastNumber;
    }

    /** Asks the pairs to end their visits, as soon as none of them has a visitor of before that has not ended. */
    void goOn() {
        if (!begun && pairs.stream().allMatch(pair -> pair.retiredVisitors == 0)) {
            begun = true;
            pairs.forEach(this::quiesce);
        }
    }

    private void quiesce(Pair pair) {
        pair.visitor().tell(new CgroupNode.Quiesce(tree));
    }

    /** The visitor of a pair ended by itself; another one is in its place. */
    void visitorIsNew(Pair pair) {
        if (begun) {
            quiesce(pair);
        }
    }

    /** A pair has moved its objects. True where it was the last one. */
    boolean quiesced(Pair pair, List<ShrinkerEntry> toSet) {
        bits.put(pair, toSet);
        return bits.size() == pairs.size();
    }

    /** Makes bits and deferred counts the parent's. */
    void handOver() {
        pairs.forEach(this::handOver);
    }

    private void handOver(Pair pair) {
        Pair parent = pair.parent();
        if (parent == null) {
            throw new IllegalStateException("The root can't go offline");
        }
        for (ShrinkerEntry entry : published.table().allocated()) {
            long objects = entry.isCgroupAware() ? pair.units().takeDeferred(entry) : 0;
            if (objects > 0) {
                parent.units().addDeferred(entry, objects);
            }
        }
        if (!parent.isRoot()) {
            bits.getOrDefault(pair, List.of()).forEach(parent::set);
        }
    }

    /** Answers all who wait. */
    void answerDone() {
        waiting.values().forEach(replyTo -> replyTo.success(Done.getInstance()));
        waiting.clear();
    }

    /** Answers one who waits that it is not over in time. */
    void answerLate(int number) {
        Reply<Done> replyTo = waiting.remove(number);
        if (replyTo != null) {
            replyTo.failure(new ReclaimerException(
                    Reason.OFFLINE_TIMEOUT,
                    "Cgroup [" + cgroup + "] is not offline after ["
                            + published.settings().offlineTimeout()
                            + "] [reclaimer.offline-timeout]: a call to a shrinker there has not come back. It goes offline"
                            + " when that has; ask again to hear of it"));
        }
    }
}
