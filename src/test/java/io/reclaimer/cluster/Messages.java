package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import java.util.Collections;
import java.util.List;

/** Messages as this version sends them, of one requester. */
final class Messages {

    /** Of the requester's actor system. */
    static final long UID = 4_711;

    static final Requester REQUESTER = new Requester("10.0.0.1:25520", UID, false);

    /** Of each offer. */
    static final long NONCE = 815;

    private Messages() {}

    static Count count(long round, int seat, String cgroup, ActorRef<ClusterMessage> replyTo) {
        return count(round, seat, cgroup, List.of(), List.of(), replyTo);
    }

    /** Within 10 s, of which 2 are for counting. */
    static Count count(
            long round,
            int seat,
            String cgroup,
            List<String> nodes,
            List<String> flags,
            ActorRef<ClusterMessage> replyTo) {
        return new Count(round, seat, cgroup, false, nodes, flags, 10_000, 2_000, replyTo, UID, true);
    }

    /** Of so many objects of one byte, which are all that there is. */
    static Offer offer(long round, int seat, long objects) {
        return offer(round, seat, objects, true, "");
    }

    static Offer offer(long round, int seat, long objects, boolean complete, String shortfall) {
        List<Long> planned = Collections.nCopies(13, objects);
        return new Offer(round, seat, objects, objects, planned, "NONE", 1, 2, NONCE, complete, shortfall);
    }

    static Reclaim reclaim(
            long round, int seat, int part, long objects, long untilMillis, ActorRef<ClusterMessage> replyTo) {
        return new Reclaim(round, seat, part, objects, 12, 1_000 * untilMillis, replyTo, UID, NONCE);
    }

    /** Of objects of one byte. */
    static Reclaimed reclaimed(long round, int seat, int part, String end, long freed) {
        return new Reclaimed(round, seat, part, end, freed, freed, false, false, "");
    }

    /** For good, to a count. */
    static Refused refused(long round, int seat, String reason) {
        return new Refused(round, seat, reason, 0, false);
    }

    static Cancel cancel(long round, ActorRef<ClusterMessage> replyTo) {
        return new Cancel(round, replyTo, UID);
    }
}
