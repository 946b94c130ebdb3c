package io.reclaimer.pressure;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Samples of the bytes that this JVM's threads have allocated, from which the allocation during a recent interval is
 * estimated. Thread-safe.
 *
 * <p>The bytes of threads that have ended since the sample before are unknown, so the estimate may be too low.
 */
final class AllocatedBytes {

    private static final int MAX_SAMPLES = 16;

    private record Sample(long millis, long bytes) {}

    private final LongSupplier total;

    /** The oldest first. Guarded by {@code this}. */
    private final Deque<Sample> samples = new ArrayDeque<>();

    AllocatedBytes() {
        this(ofAllThreads());
    }

    /** @param total the bytes allocated so far */
    AllocatedBytes(LongSupplier total) {
        this.total = total;
    }

    private static LongSupplier ofAllThreads() {
        if (ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                && threads.isThreadAllocatedMemorySupported()) {
            return () -> {
                long sum = 0;
                for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
                    // -1 for a thread that has ended.
                    sum += Math.max(0, bytes);
                }
                return sum;
            };
        }
        return () -> 0;
    }

    /** Takes a sample. */
    synchronized void sample(long nowMillis) {
        if (samples.size() == MAX_SAMPLES) {
            samples.removeFirst();
        }
        samples.addLast(new Sample(nowMillis, total.getAsLong()));
    }

    /**
     * Estimates the bytes allocated between two times, on the assumption of an even rate from the last sample before
     * the interval until now. Returns 0 if there is no sample.
     */
    synchronized long between(long fromMillis, long toMillis, long nowMillis) {
        Sample before = samples.peekFirst();
        if (before == null) {
            return 0;
        }
        for (Sample sample : samples) {
            if (sample.millis <= fromMillis) {
                before = sample;
            }
        }
        long sinceMillis = nowMillis - before.millis;
        long bytes = Math.max(0, total.getAsLong() - before.bytes);
        return sinceMillis <= 0 ? 0 : (long) (bytes * Math.min(1.0, (double) (toMillis - fromMillis) / sinceMillis));
    }
}
