package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ReclaimerSettings;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.shrinker.ReclaimerException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The parameters of a round over the cluster, and the requests that follow from them. Public for the scenarios of this
 * project; no part of the API.
 *
 * @param round the number of the round, unique in the cluster
 * @param request the request, with the target of all members together
 * @param nodes the names of its nodes; empty for all
 * @param within the time that the round may take
 * @param resendAfter the first interval after which a request is sent again
 * @param sender the sender of the requests
 */
public record RoundParameters(
        long round, ReclaimRequest request, List<String> nodes, Duration within, Duration resendAfter, Sender sender) {

    /** The sender of requests: its cluster actor, which receives the replies, and the uid of its actor system. */
    public record Sender(ActorRef<ClusterMessage> ref, long uid) {}

    /**
     * The parameters of a requested round.
     *
     * @throws ReclaimerException where the request names an unknown node, or too many nodes
     */
    public static RoundParameters of(
            long round, ClusterRequest request, ReclaimerSettings settings, Duration resendAfter, Sender sender) {
        request.check(settings);
        ReclaimRequest local = request.request();
        return new RoundParameters(
                round,
                local,
                local.nodes(settings).stream().map(settings::nodeName).toList(),
                local.within().orElse(settings.roundDeadline()),
                resendAfter,
                sender);
    }

    /**
     * The request to count.
     *
     * @param remainingNanos the time that the round has left
     * @param countNanos the time allowed for counting
     */
    Count count(int participant, long remainingNanos, long countNanos) {
        long withinMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(remainingNanos));
        return new Count(
                round,
                participant,
                request.cgroup().toString(),
                request.isWithoutDescendants(),
                nodes,
                request.flags().stream().map(Enum::name).sorted().toList(),
                withinMillis,
                Math.min(withinMillis, Math.max(1, TimeUnit.NANOSECONDS.toMillis(countNanos))),
                sender.ref(),
                sender.uid(),
                true);
    }

    /** The next part of a participant, which has to be answered by {@code endNanos}. */
    Reclaim nextPart(Participant participant, long objects, long endNanos) {
        Reclaim previous = participant.part();
        return new Reclaim(
                round,
                participant.index(),
                previous == null ? 1 : previous.part() + 1,
                objects,
                request.priority(),
                TimeUnit.NANOSECONDS.toMicros(Math.max(0, endNanos - participant.offeredNanos())),
                sender.ref(),
                sender.uid(),
                participant.nonce());
    }

    Cancel cancel() {
        return new Cancel(round, sender.ref(), sender.uid());
    }
}
