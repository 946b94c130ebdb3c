package io.reclaimer.bench;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Measures how long a cache line takes to another core and back. Machines differ in this by a factor of ten. */
final class CacheLine {

    private static final int TRIPS = 1_000;
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private CacheLine() {}

    /** The median time in nanoseconds; 0 if there is one core only. */
    static long nanosThereAndBack() {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            return 0;
        }
        AtomicLong line = new AtomicLong();
        Thread other = new Thread(() -> answer(line), "other core");
        other.setDaemon(true);
        other.start();
        long[] times = new long[10_000];
        int count = 0;
        for (long end = System.nanoTime() + NANOS; System.nanoTime() < end && count < times.length; count++) {
            long begin = System.nanoTime();
            for (int i = 0; i < TRIPS; i++) {
                long asked = line.get() + 1;
                line.set(asked);
                while (line.get() == asked) {
                    Thread.onSpinWait();
                }
            }
            times[count] = (System.nanoTime() - begin) / TRIPS;
        }
        line.set(-1);
        Arrays.sort(times, 0, count);
        return times[count / 2];
    }

    /** Makes each odd number the next even one, until there is a negative one. */
    private static void answer(AtomicLong line) {
        for (long seen = line.get(); seen >= 0; seen = line.get()) {
            if (seen % 2 == 1) {
                line.compareAndSet(seen, seen + 1);
            }
        }
    }
}
