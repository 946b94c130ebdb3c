package io.reclaimer.scenario;

import java.time.Duration;

/**
 * The members, {@code member1} and so on, and what is between them.
 *
 * @param members 2 or more
 * @param latency of a message, one way
 * @param spread by up to which share of it it is more or less, by chance: 0 to 1
 * @param loss the share of messages that is lost: 0 to 1
 * @param noticedAfter how long until the others know that one can't be reached
 */
public record ClusterModel(int members, Duration latency, double spread, double loss, Duration noticedAfter) {}
