package io.reclaimer;

import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Set;

/**
 * What an actor is sent that is registered as a shrinker, see {@link Reclaimer#register(ShrinkerSpec, ActorRef)}. Each is
 * answered once, with its {@code reply}; the contract is that of {@link Shrinker}. The next is sent when the one before is
 * answered or given up, unless the spec says it is reentrant. An answer after the deadline of a call is late and ignored,
 * and an actor that is late twice is left alone until it answers, but for {@link ReparentObjects}. Messages stay within the
 * process.
 */
public sealed interface ShrinkerMessage {

    /** An answer; made by the {@code reply} of the message it answers, so that it says which call it is for. */
    sealed interface Answer {}

    /** To {@link CountObjects}. */
    record ObjectsCounted(long call, long objects) implements Answer {}

    /**
     * To {@link ScanObjects}.
     *
     * @param freedBytes below 0 where not known
     */
    record ObjectsScanned(long call, long freed, long nrScanned, long freedBytes) implements Answer {}

    /** To {@link ReparentObjects}. */
    record ObjectsReparented(long call, long moved) implements Answer {}

    /** How many objects could be freed? See {@link Shrinker#count}. */
    record CountObjects(CgroupPath cgroup, int node, Set<ReclaimFlag> flags, long call, ActorRef<Answer> replyTo)
            implements ShrinkerMessage {

        /** Answers: a number of objects, 0, or {@link Shrinker#EMPTY}. */
        public void reply(long objects) {
            replyTo.tell(new ObjectsCounted(call, objects));
        }
    }

    /**
     * Try to free so many. See {@link Shrinker#scan}.
     *
     * @param nrToScan objects, at least 1
     */
    record ScanObjects(
            CgroupPath cgroup, int node, long nrToScan, Set<ReclaimFlag> flags, long call, ActorRef<Answer> replyTo)
            implements ShrinkerMessage {

        /** Answers: how many were freed, or {@link Shrinker#STOP}. */
        public void reply(long freed) {
            reply(freed, nrToScan, -1);
        }

        /**
         * Answers.
         *
         * @param nrScanned how many were looked at
         * @param freedBytes how many bytes were freed; below 0 where not known
         */
        public void reply(long freed, long nrScanned, long freedBytes) {
            replyTo.tell(new ObjectsScanned(call, freed, nrScanned, freedBytes));
        }
    }

    /** The cgroup goes offline: move its objects to its parent. See {@link AsyncShrinker#reparent}. */
    record ReparentObjects(CgroupPath offline, CgroupPath parent, int node, long call, ActorRef<Answer> replyTo)
            implements ShrinkerMessage {

        /** Answers: how many moved. */
        public void reply(long moved) {
            replyTo.tell(new ObjectsReparented(call, moved));
        }
    }
}
