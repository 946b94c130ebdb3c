package io.reclaimer.scenario.model;

import java.time.Duration;

/**
 * The members of a cluster and the network between them.
 *
 * @param members the number of members: 2 or more
 * @param latency of a message, one way
 * @param spread the largest random deviation from the latency, as a share of it: 0 to 1
 * @param loss the share of messages that are lost: 0 to 1
 * @param noticedAfter the time that the failure detector takes to report an unreachable member
 */
public record ClusterModel(int members, Duration latency, double spread, double loss, Duration noticedAfter) {}
