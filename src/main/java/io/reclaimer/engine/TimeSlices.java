package io.reclaimer.engine;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;

/**
 * Hands the next time slices of long visits to their visitors; one an engine, on the control dispatcher.
 *
 * <p>A thread of a fork-join pool runs what it has submitted itself before anything else. A visitor that sent itself a message
 * for its next time slice would keep its thread, and all others would wait for the end of the visit. What comes from another
 * thread goes to the end of a queue that all threads share, whatever the throughput of the dispatcher.
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
