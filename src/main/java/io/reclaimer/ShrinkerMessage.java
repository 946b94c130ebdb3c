package io.reclaimer;

import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Set;

/**
 * A message to an actor that is registered as a shrinker, see {@link Reclaimer#register(ShrinkerSpec, ActorRef)}. The
 * actor answers each message once, with its {@code reply}. The contract is that of {@link Shrinker}. Messages stay
 * within the process.
 *
 * <p>The next message is sent when the one before is answered or given up, unless the spec says that the shrinker is
 * reentrant. An answer after the deadline of a call is late and ignored. An actor with two late calls is sent only
 * {@link ReparentObjects}, until it answers one of the late calls or a back-off is over.
 */
public sealed interface ShrinkerMessage {

    /** An answer of the actor. The {@code reply} of a message makes it, with the number of the call. */
    sealed interface Answer {}

    /**
     * The answer to {@link CountObjects}.
     *
     * @param heldBytes below 0 if not known
     */
    record ObjectsCounted(long call, long objects, long heldBytes) implements Answer {}

    /**
     * The answer to {@link ScanObjects}.
     *
     * @param freedBytes below 0 if not known
     */
    record ObjectsScanned(long call, long freed, long nrScanned, long freedBytes) implements Answer {}

    /** The answer to {@link ReparentObjects}. */
    record ObjectsReparented(long call, long moved) implements Answer {}

    /** Asks how many objects could be freed, see {@link Shrinker#count}. */
    record CountObjects(CgroupPath cgroup, int node, Set<ReclaimFlag> flags, long call, ActorRef<Answer> replyTo)
            implements ShrinkerMessage {

        /** Answers with a number of objects, 0, or {@link Shrinker#EMPTY}. */
        public void reply(long objects) {
            reply(objects, -1);
        }

        /**
         * Answers with a number of objects, 0, or {@link Shrinker#EMPTY}.
         *
         * @param heldBytes the bytes that are held, see {@link ShrinkControl#heldBytes}; below 0 if not known
         */
        public void reply(long objects, long heldBytes) {
            replyTo.tell(new ObjectsCounted(call, objects, heldBytes));
        }
    }

    /**
     * Asks to free so many objects, see {@link Shrinker#scan}.
     *
     * @param nrToScan objects, at least 1
     */
    record ScanObjects(
            CgroupPath cgroup, int node, long nrToScan, Set<ReclaimFlag> flags, long call, ActorRef<Answer> replyTo)
            implements ShrinkerMessage {

        /** Answers with the number of objects freed, or {@link Shrinker#STOP}. */
        public void reply(long freed) {
            reply(freed, nrToScan, -1);
        }

        /**
         * Answers with the number of objects freed, or {@link Shrinker#STOP}.
         *
         * @param nrScanned the number of objects scanned
         * @param freedBytes the number of bytes freed; below 0 if not known
         */
        public void reply(long freed, long nrScanned, long freedBytes) {
            replyTo.tell(new ObjectsScanned(call, freed, nrScanned, freedBytes));
        }
    }

    /** Asks to move the objects of a cgroup that goes offline to its parent, see {@link AsyncShrinker#reparent}. */
    record ReparentObjects(CgroupPath offline, CgroupPath parent, int node, long call, ActorRef<Answer> replyTo)
            implements ShrinkerMessage {

        /** Answers with the number of objects moved. */
        public void reply(long moved) {
            replyTo.tell(new ObjectsReparented(call, moved));
        }
    }
}
