package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.util.LinkedHashSet;
import java.util.Set;

/** A growth of all maps that is under way: who has yet to say that its map has grown. The tree's actor's alone. */
final class Growth {

    private final int nrMax;
    private final Set<Pair> missing;
    private final ActorRef<ShrinkerRegistry.Command> replyTo;

    /** Tells all pairs there are; who comes later begins with the new size. */
    Growth(int nrMax, Set<Pair> pairs, ActorRef<ShrinkerRegistry.Command> replyTo, ActorRef<CgroupTree.Command> tree) {
        this.nrMax = nrMax;
        this.missing = new LinkedHashSet<>(pairs);
        this.replyTo = replyTo;
        CgroupNode.Grow grow = new CgroupNode.Grow(nrMax, tree);
        pairs.forEach(pair -> pair.ref().tell(grow));
    }

    int nrMax() {
        return nrMax;
    }

    /** A pair has grown, or is gone. True where it was the last: then the registry has been told. */
    boolean acknowledged(Pair pair) {
        boolean last = missing.remove(pair) && missing.isEmpty();
        if (last) {
            replyTo.tell(new ShrinkerRegistry.Grown(nrMax));
        }
        return last;
    }

    /** The time is over. */
    void fail(int present, Published published) {
        replyTo.tell(new ShrinkerRegistry.GrowthFailed(
                nrMax,
                new ReclaimerException(
                        Reason.GROWTH_TIMEOUT,
                        "No room for more than [" + present + "] ids: " + missing
                                + " did not grow within ["
                                + published.settings().growthTimeout()
                                + "], because a shrinker is slow there [reclaimer.growth-timeout]")));
    }
}
