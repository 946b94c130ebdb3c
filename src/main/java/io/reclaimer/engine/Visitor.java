package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * One life of a pair's actor. A pair gets a new one where the thread of the one before does not come back from a shrinker: the
 * new one goes on with everything else, and the old one ends when its call does.
 */
final class Visitor {

    final Pair pair;

    private @Nullable ActorRef<CgroupNode.Command> ref;

    Visitor(Pair pair) {
        this.pair = pair;
    }

    /** Says which actor it is; once, before anybody else sees it. */
    Visitor is(ActorRef<CgroupNode.Command> actor) {
        ref = actor;
        return this;
    }

    void tell(CgroupNode.Command message) {
        ref().tell(message);
    }

    ActorRef<CgroupNode.Command> ref() {
        if (ref == null) {
            throw new IllegalStateException("The visitor of [" + pair + "] has no actor yet");
        }
        return ref;
    }

    @Override
    public String toString() {
        return "visitor of " + pair;
    }
}
