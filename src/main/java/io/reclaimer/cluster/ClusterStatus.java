package io.reclaimer.cluster;

/**
 * What one member has done in rounds over the cluster since it was started.
 *
 * @param rounds requested here, and answered
 * @param freedObjects what their reports say was freed, by all members together
 * @param parts done here, of whomever's rounds
 * @param gaveObjects what they freed
 * @param gaveOthersBytes what those of them freed that were for rounds of other members, in bytes: what
 *     {@code reclaimer.cluster.give} bounds
 * @param malformedMessages messages of other members that could not be read
 * @param droppedRequests requests that came from an actor system that is no member, and were dropped
 */
public record ClusterStatus(
        long rounds,
        long freedObjects,
        long parts,
        long gaveObjects,
        long gaveOthersBytes,
        long malformedMessages,
        long droppedRequests) {}
