package io.reclaimer.engine.call;

/**
 * A visit that is stuck in a call on a visiting thread. It is ended by that thread when the call comes back, or by the
 * watchdog when it finds that the call has; the second of the two changes nothing. Thread-safe.
 */
final class StuckVisit {

    private final Runnable atEnd;

    /** Guarded by {@code this}. */
    private boolean ended;

    StuckVisit(Runnable atEnd) {
        this.atEnd = atEnd;
    }

    synchronized void end() {
        if (!ended) {
            ended = true;
            atEnd.run();
        }
    }
}
