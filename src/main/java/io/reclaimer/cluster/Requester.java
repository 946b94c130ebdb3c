package io.reclaimer.cluster;

/**
 * The member that runs a round, as the one sees it that is asked.
 *
 * @param member its name
 * @param uid of its actor system: one that was restarted under the same name has another
 * @param own whether it is this member
 */
record Requester(String member, long uid, boolean own) {}
