package io.reclaimer.interleavings;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import io.reclaimer.testkit.Choices;
import io.reclaimer.testkit.Schedule;
import java.util.function.Consumer;

/** Plays scenarios on an engine; made once for each engine that is loaded. */
public interface Play {

    /**
     * Plays one, on a thread of the schedule; what went wrong is that one's failure.
     *
     * @param nursery runs what it is told, so that it has children
     * @param trace told each step; null: nobody is
     */
    void play(
            Scenario scenario,
            Schedule schedule,
            Choices choices,
            ActorRef<Consumer<ActorContext<?>>> nursery,
            Consumer<String> trace);
}
