package io.reclaimer.pressure;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * How much this JVM's threads allocated in a time that has just ended: by what they had allocated at some moments before.
 * Thread-safe.
 *
 * <p>What threads allocated that have ended since the moment before is not known, so the answer may be too small.
 */
final class AllocatedBytes {

    private static final int MOMENTS = 16;

    private record Moment(long millis, long bytes) {}

    private final LongSupplier total;

    /** The oldest first; guarded by this. */
    private final Deque<Moment> moments = new ArrayDeque<>();

    AllocatedBytes() {
        this(ofAllThreads());
    }

    /** @param total what was allocated so far */
    AllocatedBytes(LongSupplier total) {
        this.total = total;
    }

    private static LongSupplier ofAllThreads() {
        if (ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                && threads.isThreadAllocatedMemorySupported()) {
            return () -> {
                long sum = 0;
                for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
                    // -1 for one that has ended.
                    sum += Math.max(0, bytes);
                }
                return sum;
            };
        }
        return () -> 0;
    }

    /** Notes what was allocated until now. */
    synchronized void note(long nowMillis) {
        if (moments.size() == MOMENTS) {
            moments.removeFirst();
        }
        moments.addLast(new Moment(nowMillis, total.getAsLong()));
    }

    /** What was allocated between two moments, taken as even between those that were noted; 0 where none was. */
    synchronized long between(long fromMillis, long toMillis, long nowMillis) {
        Moment before = moments.peekFirst();
        if (before == null) {
            return 0;
        }
        for (Moment moment : moments) {
            if (moment.millis <= fromMillis) {
                before = moment;
            }
        }
        long sinceMillis = nowMillis - before.millis;
        long bytes = Math.max(0, total.getAsLong() - before.bytes);
        return sinceMillis <= 0 ? 0 : (long) (bytes * Math.min(1.0, (double) (toMillis - fromMillis) / sinceMillis));
    }
}
