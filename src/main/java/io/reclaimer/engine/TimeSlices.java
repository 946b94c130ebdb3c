package io.reclaimer.engine;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;

/**
 * Hands the next time slices of long visits to their visitors; one an engine, on the control dispatcher.
 *
 * <p>A visitor that sent itself a message for its next time slice would have it at once, for as long as the throughput of the
 * dispatcher allows. What comes from another thread finds the visitor idle, and puts it at the end of the queue of the
 * {@link VisitPool}, behind all that waits there.
 */
final class TimeSlices {

    /** A visitor is to go on. */
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
