package io.reclaimer.cluster;

/** How a member stands, as far as this one knows, and what reports say of that. */
enum Presence {
    HERE("it takes part, and can be reached"),
    UNREACHABLE("the failure detector can't reach it"),
    LEAVING("it is on its way out of the cluster"),
    DOWN("it was downed, and is about to be removed from the cluster"),
    CLUSTER_ENDS("the whole cluster is about to be shut down"),
    /** Never was a member, or is none any more. */
    GONE("it is no member of the cluster, or not any more"),
    JOINING("it is joining the cluster, and not up yet"),
    WITHOUT_RECLAIMER(
            "no ClusterReclaimer is known there: none was started, or this member has not been told of it yet");

    private final String reason;

    Presence(String reason) {
        this.reason = reason;
    }

    /** Why one that stands so is not asked, or not any more. */
    String reason() {
        return reason;
    }
}
