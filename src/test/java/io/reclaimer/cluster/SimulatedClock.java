package io.reclaimer.cluster;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * Virtual time in nanoseconds, with a queue of events in the order of time, and of scheduling among equals. So equal runs
 * have equal results.
 */
final class SimulatedClock {

    private record Event(long atNanos, long number, Runnable what) {}

    private final Queue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::number));
    private long nowNanos;
    private long asked;

    long now() {
        return nowNanos;
    }

    /** Schedules an event at a time, or now where it has passed. */
    void at(long nanos, Runnable what) {
        events.add(new Event(Math.max(nanos, nowNanos), asked++, what));
    }

    /** Runs until no event is left. */
    void run() {
        for (Event next = events.poll(); next != null; next = events.poll()) {
            nowNanos = next.atNanos();
            next.what().run();
        }
    }

    /** A thread that handles messages one at a time, in the order of arrival. */
    static final class Cpu {

        private record Job(long costNanos, Runnable handler) {}

        private final SimulatedClock clock;
        private final Queue<Job> waiting = new ArrayDeque<>();
        private boolean busy;
        private long cursorNanos;
        private long busyNanos;

        Cpu(SimulatedClock clock) {
            this.clock = clock;
        }

        /** Enqueues a message, which is handled after the previous ones and the cost of receiving it. */
        void submit(long costNanos, Runnable handler) {
            waiting.add(new Job(costNanos, handler));
            if (!busy) {
                next();
            }
        }

        /** Spends time within a handler. Returns the time at which it is over. */
        long spend(long nanos) {
            busyNanos += nanos;
            cursorNanos += nanos;
            return cursorNanos;
        }

        /** The total busy time. */
        long busyNanos() {
            return busyNanos;
        }

        private void next() {
            Job job = waiting.poll();
            busy = job != null;
            if (job != null) {
                busyNanos += job.costNanos();
                clock.at(clock.now() + job.costNanos(), () -> {
                    cursorNanos = clock.now();
                    job.handler().run();
                    clock.at(cursorNanos, this::next);
                });
            }
        }
    }
}
