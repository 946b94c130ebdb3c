package io.reclaimer.interleavings;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import java.util.function.Consumer;

/** Plays scenarios on an engine; one for each engine that is loaded. Confined to the thread of the schedule. */
public interface Play {

    /**
     * Plays one scenario. Called on a thread of the schedule, whose failure tells what went wrong.
     *
     * @param nursery an actor that runs the functions it is sent, and so gets children
     * @param trace receives each step; null for no trace
     */
    void play(
            Scenario scenario,
            Schedule schedule,
            Decisions decisions,
            ActorRef<Consumer<ActorContext<?>>> nursery,
            Consumer<String> trace);
}
