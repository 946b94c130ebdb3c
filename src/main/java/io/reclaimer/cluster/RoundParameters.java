package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ReclaimerSettings;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.shrinker.ReclaimerException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The parameters of a round over the cluster, and the requests that follow from them. Public for the scenarios of this
 * project; no part of the API.
 *
 * @param round the number of the round, unique in the cluster
 * @param request the request, with the target of all members together
 * @param nodes the names of its nodes; empty for all
 * @param members the members in the report, in that order, by name: participant 0, 1, and so on
 * @param within the time that the round may take
 * @param resendAfter the first interval after which a request is sent again
 * @param sender the sender of the requests
 */
public record RoundParameters(
        long round,
        ReclaimRequest request,
        List<String> nodes,
        Map<String, Presence> members,
        Duration within,
        Duration resendAfter,
        Sender sender) {

    /** The state of a member, as far as the coordinating member knows. */
    public enum Presence {
        HERE("it takes part, and can be reached"),
        UNREACHABLE("the failure detector cannot reach it"),
        LEAVING("it is leaving the cluster"),
        DOWN("it was downed, and will be removed from the cluster"),
        CLUSTER_ENDS("the whole cluster is shutting down"),
        GONE("it is not or no longer a member of the cluster"),
        JOINING("it is joining the cluster, and not up yet"),
        WITHOUT_RECLAIMER(
                "no ClusterReclaimer is known there: none was started, or this member has not been told of it yet");

        /** Why a member in this state is not asked, or not any more. */
        final String reason;

        Presence(String reason) {
            this.reason = reason;
        }
    }

    /** The sender of requests: its cluster actor, which receives the replies, and the uid of its actor system. */
    public record Sender(ActorRef<ClusterMessage> ref, long uid) {}

    /**
     * The parameters of a requested round.
     *
     * @throws ReclaimerException where the request names an unknown node, or too many nodes
     */
    public static RoundParameters of(
            long round,
            ClusterRequest request,
            ReclaimerSettings settings,
            Map<String, Presence> members,
            Duration resendAfter,
            Sender sender) {
        request.check(settings);
        ReclaimRequest local = request.request();
        return new RoundParameters(
                round,
                local,
                local.nodes(settings).stream().map(settings::nodeName).toList(),
                members,
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

    Cancel cancel() {
        return new Cancel(round, sender.ref(), sender.uid());
    }
}
