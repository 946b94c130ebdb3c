package io.reclaimer.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Prints how the time of a round grows with the number of cgroups: if 10 of them are dirty, and if all are. */
final class ScaleProgram {

    private static final int MOST = 1_000_000;
    private static final int FEW = 10;
    private static final int FEWEST_ROUNDS = 3;
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long MEASURED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private ScaleProgram() {}

    static void run() {
        System.out.println("| cgroups | 10 dirty, us | all dirty, us | all dirty, ns a cgroup |");
        System.out.println("|---|---|---|---|");
        medianNanos(new PassCase(1_000, 1, 64, 1_000, 1));
        for (int cgroups = 10; cgroups <= MOST; cgroups *= 10) {
            long few = medianNanos(new PassCase(cgroups, 1, 64, FEW, 1));
            long all = medianNanos(new PassCase(cgroups, 1, 64, cgroups, 1));
            System.out.printf(
                    Locale.ROOT, "| %,d | %,d | %,d | %,d |%n", cgroups, few / 1_000, all / 1_000, all / cgroups);
        }
    }

    private static long medianNanos(PassCase state) {
        try (Reclaiming made = Reclaiming.of(state)) {
            times(made, WARM_UP_NANOS);
            long[] sorted = times(made, MEASURED_NANOS);
            return sorted[sorted.length / 2];
        }
    }

    private static long[] times(Reclaiming made, long nanos) {
        long[] times = new long[1 << 16];
        int count = 0;
        long end = System.nanoTime() + nanos;
        while (count < times.length && (count < FEWEST_ROUNDS || System.nanoTime() < end)) {
            long begin = System.nanoTime();
            made.round();
            times[count++] = System.nanoTime() - begin;
        }
        Arrays.sort(times, 0, count);
        return Arrays.copyOf(times, count);
    }
}
