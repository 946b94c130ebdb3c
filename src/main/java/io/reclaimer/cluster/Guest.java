package io.reclaimer.cluster;

/**
 * One who is to take part in a round.
 *
 * @param member its name
 * @param presence how it stands when the round begins
 */
record Guest(String member, Presence presence) {}
