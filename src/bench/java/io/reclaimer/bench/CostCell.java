package io.reclaimer.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The costs of rounds of each case, next to its peers in the same JVM. Prints one JSON line per case. One thread. */
public final class CostCell {

    /** The cases of the table. The first one runs alone before, so that all is compiled. */
    private static final List<PassCase> CASES = List.of(
            PassCase.of("1000 2 64 1000 8"),
            PassCase.of("1000 2 64 1000 1"),
            PassCase.of("1000 2 64 1000 32"),
            PassCase.of("1 1 64 1 1"),
            PassCase.of("100 2 512 100 4"),
            PassCase.of("10000 2 512 100 4"),
            PassCase.of("1000 2 64 10 4"),
            PassCase.of("100000 2 64 10 4"));

    private static final long FIRST_WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long WARM_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    private static final long OURS_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    private static final long PEER_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final int FEWEST = 3;
    private static final int MOST = 20_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Measured times: the median round, and the time of all threads per round. */
    private record Times(long wallNanos, long cpuNanos) {}

    private CostCell() {}

    public static void main(String[] args) {
        List<PassCase> cases =
                args.length == 0 ? CASES : Arrays.stream(args).map(PassCase::of).toList();
        measure(CASES.get(0), FIRST_WARM_UP_NANOS, OURS_NANOS);
        for (PassCase state : cases) {
            System.out.println(measure(state, WARM_UP_NANOS, OURS_NANOS));
        }
        System.out.printf(Locale.ROOT, "{\"case\":\"cache line\",\"ours\":%d}%n", CacheLine.nanosThereAndBack());
    }

    private static String measure(PassCase state, long warmUpNanos, long nanos) {
        FloorLoop floor = new FloorLoop(state);
        LockedCaches locked = new LockedCaches(state);
        try (Reclaiming made = Reclaiming.of(state)) {
            LongSupplier round = () -> made.round().freedObjects();
            times(round, state.freed(), warmUpNanos);
            times(floor::round, state.freed(), PEER_NANOS);
            times(locked::round, state.freed(), PEER_NANOS);
            Times ours = times(round, state.freed(), nanos);
            Times bare = times(floor::round, state.freed(), PEER_NANOS);
            Times hand = times(locked::round, state.freed(), PEER_NANOS);
            return String.format(
                    Locale.ROOT,
                    "{\"case\":\"%d %d %d %d %d\",\"ours\":%d,\"oursCpu\":%d,\"floor\":%d,\"locked\":%d}",
                    state.cgroups(),
                    state.nodes(),
                    state.shrinkers(),
                    state.dirty(),
                    state.bits(),
                    ours.wallNanos(),
                    ours.cpuNanos(),
                    bare.wallNanos(),
                    hand.wallNanos());
        }
    }

    private static Times times(LongSupplier round, long freed, long nanos) {
        List<Long> all = new ArrayList<>();
        long cpuBefore = cpuNanos();
        long end = System.nanoTime() + nanos;
        while (all.size() < FEWEST || (System.nanoTime() < end && all.size() < MOST)) {
            long begin = System.nanoTime();
            long done = round.getAsLong();
            all.add(System.nanoTime() - begin);
            if (done != freed) {
                throw new IllegalStateException("A round freed [" + done + "] objects instead of [" + freed + "]");
            }
        }
        long cpu = cpuNanos() - cpuBefore;
        long[] sorted = all.stream().mapToLong(Long::longValue).sorted().toArray();
        return new Times(sorted[sorted.length / 2], cpu / sorted.length);
    }

    /** The time that all threads of Java have run so far; those of the compiler and the collector are not among them. */
    private static long cpuNanos() {
        return Arrays.stream(THREADS.getAllThreadIds())
                .map(THREADS::getThreadCpuTime)
                .filter(time -> time > 0)
                .sum();
    }
}
