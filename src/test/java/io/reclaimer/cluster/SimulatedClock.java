package io.reclaimer.cluster;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * Virtual time in nanoseconds, and what is to happen in it, in the order of time and then of asking. So two runs that ask
 * the same are the same.
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

    /** At that time, or now where it has passed. */
    void at(long nanos, Runnable what) {
        events.add(new Event(Math.max(nanos, nowNanos), asked++, what));
    }

    /** Runs until nothing is left to happen. */
    void run() {
        for (Event next = events.poll(); next != null; next = events.poll()) {
            nowNanos = next.atNanos();
            next.what().run();
        }
    }

    /** One thread that handles messages one at a time, in the order of arrival. */
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

        /** Handled when those before it are, after what it costs to receive it. */
        void submit(long costNanos, Runnable handler) {
            waiting.add(new Job(costNanos, handler));
            if (!busy) {
                next();
            }
        }

        /** Within a handler: spends that much more. Returns when that is over. */
        long spend(long nanos) {
            busyNanos += nanos;
            cursorNanos += nanos;
            return cursorNanos;
        }

        /** What it worked in all. */
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
