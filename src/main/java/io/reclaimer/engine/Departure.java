package io.reclaimer.engine;

import akka.Done;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One cgroup on its way offline. The tree's actor's alone.
 *
 * <ol>
 *   <li>The handle says offline, so new objects go to an ancestor. Each pair of the cgroup ends its passes, has its
 *       shrinkers move their objects, and reports ({@link #quiesced}).
 *   <li>When all have, no visit of this cgroup is left on any node, so nobody adds to its deferred counts any more:
 *       they are taken out, and each parent pair adopts counts and bits ({@link #handOver}). This order is what keeps
 *       the sum over the tree the same even where a shrinker that is not NUMA aware is visited from several nodes
 *       (OfflineDuringPassesTest).
 *   <li>The parent pair forgets the pair, which stops then; after the last one the cgroup is gone ({@link #stopped}).
 * </ol>
 */
final class Departure {

    private final Published published;
    private final CgroupHandle cgroup;
    private final List<Pair> pairs = new ArrayList<>();
    private final Map<Pair, List<ShrinkerEntry>> bits = new HashMap<>();
    private final Set<Pair> alive = new HashSet<>();
    private final Reply<Done> replyTo;
    private boolean answered;

    Departure(Published published, CgroupHandle cgroup, Reply<Done> replyTo) {
        this.published = published;
        this.cgroup = cgroup;
        this.replyTo = replyTo;
    }

    CgroupHandle cgroup() {
        return cgroup;
    }

    /** These are asked to end their passes. */
    void begin(List<Pair> leaving) {
        pairs.addAll(leaving);
        alive.addAll(leaving);
    }

    void quiesced(Pair pair, List<ShrinkerEntry> toSet) {
        bits.put(pair, toSet);
        if (bits.size() == pairs.size()) {
            pairs.forEach(this::handOver);
        }
    }

    private void handOver(Pair pair) {
        List<CgroupNode.Owed> owed = new ArrayList<>();
        for (ShrinkerEntry entry : published.table().allocated()) {
            long objects = entry.isCgroupAware() ? pair.units().takeDeferred(entry) : 0;
            if (objects > 0) {
                owed.add(new CgroupNode.Owed(entry, objects));
            }
        }
        Pair parent = pair.parent();
        if (parent == null) {
            throw new IllegalStateException("The root can't go offline");
        }
        parent.ref().tell(new CgroupNode.Adopt(pair, bits.getOrDefault(pair, List.of()), owed));
    }

    /** One pair is gone. True where it was the last. */
    boolean stopped(Pair pair) {
        alive.remove(pair);
        return alive.isEmpty();
    }

    void answerDone() {
        if (!answered) {
            answered = true;
            replyTo.success(Done.getInstance());
        }
    }

    void answerLate() {
        answered = true;
        replyTo.failure(new ReclaimerException(
                Reason.OFFLINE_TIMEOUT,
                "Cgroup [" + cgroup + "] is not offline after ["
                        + published.settings().offlineTimeout()
                        + "]: a shrinker is slow there, or in its parent. It goes offline when that has ended"
                        + " [reclaimer.offline-timeout]"));
    }
}
