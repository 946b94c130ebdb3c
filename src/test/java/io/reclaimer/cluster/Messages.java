package io.reclaimer.cluster;

import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.typed.ActorRef;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.MemberEnvironment.Requester;
import java.util.Collections;
import java.util.List;

/** Factory of messages of one requester, as this version sends them. */
final class Messages {

    /** The uid of the actor system of the requester. */
    static final long UID = 4_711;

    static final Requester REQUESTER = new Requester(UID, false);

    /** The nonce of each offer. */
    static final long NONCE = 815;

    /** Stands for the requester in its messages. */
    static final ActorRef<ClusterMessage> NOBODY =
            TestInbox.<ClusterMessage>create().getRef();

    static final RoundParameters.Sender SENDER = new RoundParameters.Sender(NOBODY, UID);

    private Messages() {}

    static Count count(long round, int participant, String cgroup) {
        return count(round, participant, cgroup, List.of(), List.of());
    }

    /** A count of a round within 10 s, with 2 s for counting. */
    static Count count(long round, int participant, String cgroup, List<String> nodes, List<String> flags) {
        return new Count(round, participant, cgroup, false, nodes, flags, 10_000, 2_000, NOBODY, UID, true);
    }

    /** A complete offer of objects of one byte. */
    static Offer offer(long round, int participant, long objects) {
        return offer(round, participant, objects, true, "");
    }

    static Offer offer(long round, int participant, long objects, boolean complete, String shortfall) {
        List<Long> planned = Collections.nCopies(13, objects);
        return new Offer(round, participant, objects, objects, planned, "NONE", 1, 2, NONCE, complete, shortfall);
    }

    static Reclaim reclaim(long round, int participant, int part, long objects, long untilMillis) {
        return new Reclaim(round, participant, part, objects, 12, 1_000 * untilMillis, NOBODY, UID, NONCE);
    }

    /** A result with objects of one byte. */
    static Reclaimed reclaimed(long round, int participant, int part, String end, long freed) {
        return new Reclaimed(round, participant, part, end, freed, freed, false, false, "");
    }

    /** The final refusal of a count. */
    static Refused refused(long round, int participant, String reason) {
        return new Refused(round, participant, reason, 0, false);
    }

    static Cancel cancel(long round) {
        return new Cancel(round, NOBODY, UID);
    }
}
