package io.reclaimer.cluster;

/**
 * A member that appears in the report of a round. Public for the scenarios of this project; no part of the API.
 *
 * @param member its name
 * @param presence its presence when the round begins
 */
public record Candidate(String member, Presence presence) {

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

        private final String reason;

        Presence(String reason) {
            this.reason = reason;
        }

        /** Why a member in this state is not asked, or not any more. */
        String reason() {
            return reason;
        }
    }
}
