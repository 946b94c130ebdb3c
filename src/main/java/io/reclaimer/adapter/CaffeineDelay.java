package io.reclaimer.adapter;

import akka.actor.typed.ActorSystem;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * An executor that runs each task after the time for which a reading of the order is used, and for which removed
 * expired entries may still be counted. Runs it at once if the actor system has ended. Thread-safe.
 */
record CaffeineDelay(ActorSystem<?> system) implements Executor {

    private static final Duration DELAY = Duration.ofSeconds(1);

    @Override
    public void execute(Runnable task) {
        try {
            system.scheduler().scheduleOnce(DELAY, task, system.executionContext());
        } catch (IllegalStateException e) {
            // The system has ended.
            task.run();
        }
    }
}
