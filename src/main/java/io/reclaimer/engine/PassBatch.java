package io.reclaimer.engine;

import io.reclaimer.engine.call.SharedTask;
import io.reclaimer.engine.call.VisitDispatcher;
import io.reclaimer.engine.unit.Fields;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one pass that are sent together. Threads of the visit dispatcher send them, and a visitor that is idle
 * serves its request on the thread that sends it. So the data of a cgroup on a node stays in the cache of one core, and
 * no thread is woken for a request.
 *
 * <p>One thread begins. If requests take long, it asks for another thread, which may ask for one more. Each begins with
 * the same range of the requests in each pass, as the cgroups of that range are in the cache of its core, and goes on
 * with what is left of the others. Thread-safe once a sender runs.
 */
final class PassBatch {

    /** How many acknowledgements a sender gives to the round together. */
    private static final int TOGETHER = 128;

    /** A thread sends for this long before it asks for another one: several times what it takes to wake a thread. */
    static final long NANOS_ALONE = TimeUnit.MICROSECONDS.toNanos(500);

    /**
     * A second thread is asked for only if requests take this long. For shorter ones it costs more to move the data of
     * a cgroup to another core than to serve the request: about five cache lines, at 0.05 to 0.5 microseconds each
     * (measured by the {@code cost} benchmark on two-core virtual machines).
     */
    static final long NANOS_WORTH_A_MOVE = TimeUnit.MICROSECONDS.toNanos(3);

    /** The clock is read after so many requests while they are short, and after each one while they are long. */
    private static final int LONGEST_STRIDE = 8;

    /** The distance of two counters, so that threads do not write to the same cache line. */
    private static final int SPACE = 32;

    private final EngineContext engine;
    private final RoundPasses passes;
    private final RoundWork work;
    private final Acknowledgements acknowledgements;
    private final PassRequest[] requests;

    private final int ranges;

    /** By range, {@link #SPACE} apart: how many of its requests are taken, or more. */
    private final AtomicIntegerArray taken;

    private final Queue<Sender> senders = new ConcurrentLinkedQueue<>();

    /** How many senders wait for a thread. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** @param ranges into how many ranges the requests are divided; 1 if their order matters */
    PassBatch(
            EngineContext engine,
            RoundPasses passes,
            RoundWork work,
            Acknowledgements acknowledgements,
            List<PassRequest> requests,
            int ranges) {
        this.engine = engine;
        this.passes = passes;
        this.work = work;
        this.acknowledgements = acknowledgements;
        this.requests = requests.toArray(PassRequest[]::new);
        this.ranges = ranges;
        this.taken = new AtomicIntegerArray(ranges * SPACE);
    }

    /** Has a thread of the visit dispatcher begin to send. */
    void submit() {
        Sender sender = new Sender();
        senders.add(sender);
        waiting.incrementAndGet();
        engine.visits().execute(sender);
    }

    /**
     * Sends on this thread.
     *
     * @return whether the pass can go on, and has not been told so
     */
    boolean sendHere() {
        Sender sender = new Sender();
        senders.add(sender);
        return sender.send();
    }

    /** Gives the round the acknowledgements that are there. Any thread. */
    void flush() {
        senders.forEach(Sender::flush);
    }

    /** Whether all requests are taken by threads, and no acknowledgement waits here. */
    boolean isDone() {
        return !hasMore() && senders.stream().allMatch(sender -> sender.newest == null);
    }

    private boolean hasMore() {
        for (int range = 0; range < ranges; range++) {
            if (taken.get(range * SPACE) < begin(range + 1) - begin(range)) {
                return true;
            }
        }
        return false;
    }

    private int begin(int range) {
        return (int) ((long) requests.length * range / ranges);
    }

    /** Takes the next request of a range; null if there is none. */
    private @Nullable PassRequest take(int range) {
        int size = begin(range + 1) - begin(range);
        if (taken.get(range * SPACE) >= size) {
            return null;
        }
        int index = taken.getAndIncrement(range * SPACE);
        return index < size ? requests[begin(range) + index] : null;
    }

    private static final VarHandle NEWEST =
            Fields.handle(MethodHandles.lookup(), Sender.class, "newest", PassRequest.class);

    /**
     * The part of one thread: it sends requests, and collects the acknowledgements of those that are served at once.
     * Other threads may take these at any time.
     */
    final class Sender implements SharedTask {

        /** The thread, while it sends. */
        private volatile @Nullable Thread thread;

        /** The newest acknowledgement, linked to those before it. */
        @SuppressWarnings("UnusedVariable") // written through the handle
        private volatile @Nullable PassRequest newest;

        /** Whether the acknowledgements were enough for the pass to go on, at one time. */
        private volatile boolean enough;

        /** The number of acknowledgements that were collected. Confined to the thread. */
        private int collected;

        /** Whether requests take long. Confined to the thread. */
        private boolean isLong;

        @Override
        public void run() {
            waiting.decrementAndGet();
            if (send()) {
                passes.goOnHere();
            }
        }

        @Override
        public void handOn() {
            submit();
        }

        /** Sends what is left of the requests. Returns whether the pass can go on, and has not been told so. */
        private boolean send() {
            PassThread visiting = engine.thisThread();
            thread = visiting.thread();
            visiting.beginShared(this);
            try {
                sendAll();
            } finally {
                visiting.endShared();
                thread = null;
                isLong = false;
                flush();
                senders.remove(this);
            }
            return enough;
        }

        private void sendAll() {
            int first = VisitDispatcher.threadIndex() % ranges;
            LongSupplier clock = engine.nanoTime();
            long start = clock.getAsLong();
            int sent = 0;
            int stride = 1;
            int nextReading = 1;
            for (int i = 0; i < ranges; i++) {
                int range = (first + i) % ranges;
                for (PassRequest request = take(range); request != null; request = take(range)) {
                    if (work.isStopped()) {
                        request.acknowledge(false);
                    } else {
                        request.sendBy(this);
                    }
                    boolean leaves = VisitDispatcher.isReplaced();
                    if (++sent == nextReading) {
                        long nanos = clock.getAsLong() - start;
                        isLong = nanos >= sent * NANOS_WORTH_A_MOVE;
                        stride = isLong ? 1 : Math.min(2 * stride, LONGEST_STRIDE);
                        nextReading += stride;
                        if (isLong && nanos >= NANOS_ALONE) {
                            askForHelp();
                        }
                        leaves |= waiting.get() == 0 && VisitDispatcher.isWantedByOthers();
                    }
                    if (leaves) {
                        handOn();
                        return;
                    }
                }
            }
        }

        private void askForHelp() {
            if (senders.size() < engine.visits().parallelism() && hasMore()) {
                submit();
            }
        }

        /** Collects an acknowledgement. False on a thread that does not send for this. */
        boolean collect(PassRequest request) {
            if (thread != Thread.currentThread()) {
                return false;
            }
            PassRequest last;
            do {
                last = newest;
                request.before = last;
            } while (!NEWEST.compareAndSet(this, last, request));
            if (isLong || ++collected % TOGETHER == 0) {
                flush();
            }
            return true;
        }

        private void flush() {
            if (newest != null) {
                PassRequest last = (PassRequest) NEWEST.getAndSet(this, null);
                if (last != null && acknowledgements.addAll(last)) {
                    if (isLong) {
                        acknowledgements.wakeRound();
                    } else {
                        enough = true;
                    }
                }
            }
        }
    }
}
