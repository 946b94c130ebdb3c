package io.reclaimer.engine;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;

/**
 * The actor that hands the next time slice of a long visit to its visitor. One per engine, on the control dispatcher.
 *
 * <p>A visitor that sent itself a message for its next time slice would handle it at once, for as long as the
 * throughput of the dispatcher allows. A message from another thread finds the visitor idle, and puts it at the end of
 * the queue of the visit dispatcher, behind all others that wait.
 */
final class TimeSlices {

    /** The visitor goes on with the message. */
    record Next(Visitor visitor, CgroupNode.Command message) {}

    private TimeSlices() {}

    static Behavior<Next> create() {
        return Behaviors.receive(Next.class)
                .onMessage(Next.class, next -> {
                    next.visitor().tell(next.message());
                    return Behaviors.same();
                })
                .build();
    }
}
