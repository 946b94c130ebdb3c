package io.reclaimer.pressure;

import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;

/**
 * The wait after a round that failed or was ineffective. Each wait is twice as long as the one before, up to a maximum,
 * until a round is effective. Confined to the actor that owns it.
 */
final class BackOff {

    private final TimerScheduler<HeapPressure.Command> timers;
    private final Duration min;
    private final Duration max;
    private Duration next;
    private boolean isActive;
    private long ineffectiveRounds;

    /**
     * @param timers sends {@link HeapPressure.BackOffOver} to the actor after a wait
     * @param min the first wait
     * @param max the longest wait
     */
    BackOff(TimerScheduler<HeapPressure.Command> timers, Duration min, Duration max) {
        this.timers = timers;
        this.min = min;
        this.max = max;
        this.next = min;
    }

    /** Starts a wait. */
    void start() {
        isActive = true;
        timers.startSingleTimer(HeapPressure.BackOffOver.INSTANCE, next);
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(max) < 0 ? doubled : max;
    }

    /** Ends the wait. */
    void end() {
        isActive = false;
        timers.cancel(HeapPressure.BackOffOver.INSTANCE);
    }

    /** Counts an ineffective round, and starts a wait. */
    void roundIneffective() {
        ineffectiveRounds++;
        start();
    }

    /** Makes the next wait the first one again. A current wait goes on. */
    void reset() {
        ineffectiveRounds = 0;
        next = min;
    }

    boolean isActive() {
        return isActive;
    }

    /** Returns the number of consecutive ineffective rounds. */
    long ineffectiveRounds() {
        return ineffectiveRounds;
    }
}
