package io.reclaimer.bench;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures small rounds on one tenant beside long visits on others: caches of 5 million objects whose scans keep their thread
 * for 50 microseconds each, visited without a pause. The peer is the same rounds in the same system with nothing beside them.
 * Prints one JSON line for each number of long visits and each throughput of the visit dispatcher.
 */
final class NeighbourProgram {

    private static final long LARGE_OBJECTS = 5_000_000;
    private static final long SCAN_NANOS = 50_000;
    private static final long SMALL_OBJECTS = 100;
    private static final int[] LONG_VISITS = {2, 4, 16};

    /** 64 is the default. */
    private static final int[] THROUGHPUTS = {1, 64};

    private static final int WARM_UP = 300;

    /** Between two rounds, so that they do not begin in step with time slices. */
    private static final long PAUSE_NANOS = 1_000_000;

    /**
     * A thread that the machine holds up inside a scan would look slow, and the long visits would go on on blocking threads.
     */
    private static final String NOBODY_IS_SLOW = "reclaimer.late-after = 10s";

    private static final ReclaimRequest SMALL = ReclaimRequest.in("/small").startingAt(0);

    private NeighbourProgram() {}

    static void run(int rounds) {
        for (int throughput : THROUGHPUTS) {
            for (int visits : LONG_VISITS) {
                System.out.println(measure(throughput, visits, rounds));
            }
        }
    }

    private static String measure(int throughput, int visits, int rounds) {
        try (Reclaiming made =
                new Reclaiming(1, NOBODY_IS_SLOW + "\nreclaimer.visit-dispatcher.throughput = " + throughput)) {
            Small small = new Small(made);
            small.rounds(WARM_UP);
            long[] alone = small.rounds(rounds);
            LongVisits others = LongVisits.start(made, visits);
            small.rounds(WARM_UP);
            long scansBefore = others.scans.get();
            long[] beside = small.rounds(rounds);
            long scans = others.scans.get() - scansBefore;
            others.end();
            return String.format(
                    Locale.ROOT,
                    "{\"processors\":%d,\"throughput\":%d,\"longVisits\":%d,\"rounds\":%d,\"besideMicros\":%s,"
                            + "\"aloneMicros\":%s,\"scansOfOthers\":%d}",
                    Runtime.getRuntime().availableProcessors(),
                    throughput,
                    visits,
                    rounds,
                    micros(beside),
                    micros(alone),
                    scans);
        }
    }

    private static String micros(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT,
                "{\"least\":%.0f,\"median\":%.0f,\"p99\":%.0f,\"most\":%.0f}",
                sorted[0] / 1e3,
                sorted[sorted.length / 2] / 1e3,
                sorted[Math.min(sorted.length - 1, sorted.length * 99 / 100)] / 1e3,
                sorted[sorted.length - 1] / 1e3);
    }

    /** A small cache, filled before each round, which empties it. */
    private static final class Small implements Shrinker {
        private final Reclaiming made;
        private final Cgroup cgroup;
        private final ShrinkerHandle handle;
        private final AtomicLong objects = new AtomicLong();

        Small(Reclaiming made) {
            this.made = made;
            this.cgroup = Reclaiming.get(made.reclaimer().online("/small"));
            this.handle = Reclaiming.get(
                    made.reclaimer().register(ShrinkerSpec.named("small").byCgroup(), this));
        }

        long[] rounds(int count) {
            long[] nanos = new long[count];
            for (int i = 0; i < count; i++) {
                objects.set(SMALL_OBJECTS);
                handle.setBit(cgroup, 0);
                LockSupport.parkNanos(PAUSE_NANOS);
                long begin = System.nanoTime();
                ReclaimReport report = Reclaiming.get(made.reclaimer().reclaim(SMALL));
                nanos[i] = System.nanoTime() - begin;
                if (report.freedObjects() != SMALL_OBJECTS) {
                    throw new IllegalStateException("A round freed [" + report.freedObjects() + "] objects instead of ["
                            + SMALL_OBJECTS + "]: " + report);
                }
            }
            return nanos;
        }

        @Override
        public long count(ShrinkControl control) {
            long now = objects.get();
            return now > 0 ? now : EMPTY;
        }

        @Override
        public long scan(ShrinkControl control) {
            long freed = Math.min(control.nrToScan(), objects.get());
            objects.addAndGet(-freed);
            return freed;
        }
    }

    /** Visits of large caches, each in a (cgroup, node) of its own, begun again when they end. */
    private static final class LongVisits implements Shrinker {
        private final AtomicLong scans = new AtomicLong();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final List<Thread> requesters = new ArrayList<>();

        static LongVisits start(Reclaiming made, int count) {
            LongVisits visits = new LongVisits();
            ShrinkerHandle handle = Reclaiming.get(
                    made.reclaimer().register(ShrinkerSpec.named("large").byCgroup(), visits));
            for (int i = 0; i < count; i++) {
                String path = "/large-" + i;
                handle.setBit(Reclaiming.get(made.reclaimer().online(path)), 0);
                visits.keepVisiting(made, ReclaimRequest.in(path).startingAt(0).within(Duration.ofMinutes(1)));
            }
            return visits;
        }

        private void keepVisiting(Reclaiming made, ReclaimRequest request) {
            Thread requester = new Thread(() -> {
                while (!ended.get()) {
                    CompletionStage<ReclaimReport> round = made.reclaimer().reclaim(request);
                    Reclaiming.get(round);
                }
            });
            requesters.add(requester);
            requester.start();
        }

        void end() {
            ended.set(true);
            for (Thread requester : requesters) {
                try {
                    requester.join(TimeUnit.MINUTES.toMillis(2));
                } catch (InterruptedException e) {
                    throw new IllegalStateException("Interrupted", e);
                }
            }
        }

        @Override
        public long count(ShrinkControl control) {
            return control.cgroup().isRoot() || ended.get() ? EMPTY : LARGE_OBJECTS;
        }

        @Override
        public long scan(ShrinkControl control) {
            if (ended.get()) {
                return STOP;
            }
            scans.incrementAndGet();
            long end = System.nanoTime() + SCAN_NANOS;
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            return control.nrToScan();
        }
    }
}
