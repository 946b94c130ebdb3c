package io.reclaimer.bench;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Measures rounds, without JMH, and prints one JSON line: for comparison with programs outside of the JVM. */
final class PassProgram {

    /** What is brought online and visited before anything is measured, so that it runs compiled. */
    private static final PassCase WARM_UP = new PassCase(20_000, 2, 64, 100, 8);

    private static final int FEWEST_WARM_UP_ROUNDS = 200;
    private static final long WARM_UP_NANOS = 5_000_000_000L;

    private PassProgram() {}

    static void run(PassCase state, int rounds) {
        warmUp();
        try (Reclaiming made = new Reclaiming(state.nodes())) {
            made.register(state);
            made.round();
            long heapBefore = Heap.liveBytes();
            long start = System.nanoTime();
            List<Cgroup> dirty = made.online(state);
            long onlineNanos = System.nanoTime() - start;
            long heapBytes = Heap.liveBytes() - heapBefore;
            made.setBits(state, dirty);
            warmUp(made, state);
            long[] nanos = new long[rounds];
            for (int i = 0; i < rounds; i++) {
                long begin = System.nanoTime();
                ReclaimReport report = made.round();
                nanos[i] = System.nanoTime() - begin;
                check(report, state);
            }
            System.out.println(json(state, heapBytes, onlineNanos, nanos));
        }
    }

    private static void warmUp() {
        try (Reclaiming made = new Reclaiming(WARM_UP.nodes())) {
            made.register(WARM_UP);
            made.setBits(WARM_UP, made.online(WARM_UP));
        }
    }

    private static void warmUp(Reclaiming made, PassCase state) {
        long end = System.nanoTime() + WARM_UP_NANOS;
        for (int i = 0; i < FEWEST_WARM_UP_ROUNDS || System.nanoTime() < end; i++) {
            check(made.round(), state);
        }
    }

    /** On the root each shrinker is visited too, and has nothing. */
    private static void check(ReclaimReport report, PassCase state) {
        long visits = report.visits() - (long) state.shrinkers() * state.nodes();
        if (visits != state.visits() || report.freedObjects() != state.freed()) {
            throw new IllegalStateException("A round made [" + visits + "] visits and freed [" + report.freedObjects()
                    + "] objects, instead of [" + state.visits() + "] and [" + state.freed() + "]");
        }
    }

    private static String json(PassCase state, long heapBytes, long onlineNanos, long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT,
                "{\"bytesPerCgroup\":%.0f,\"nsPerOnline\":%.0f,\"visits\":%d,\"freed\":%d,"
                        + "\"nsBestRound\":%d,\"nsMedianRound\":%d,\"nsMeanRound\":%.0f}",
                (double) heapBytes / state.cgroups(),
                (double) onlineNanos / state.cgroups(),
                state.visits(),
                state.freed(),
                sorted[0],
                sorted[sorted.length / 2],
                Arrays.stream(nanos).average().orElse(0));
    }
}
