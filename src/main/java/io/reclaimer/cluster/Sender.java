package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;

/**
 * Who sends the requests of a round.
 *
 * @param door where answers go
 * @param uid of its actor system
 */
record Sender(ActorRef<ClusterMessage> door, long uid) {}
