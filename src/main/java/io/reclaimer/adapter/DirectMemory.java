package io.reclaimer.adapter;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The direct memory of the JVM: how much of it is left, and how that of buffers comes back that nobody has any more. Only a
 * garbage collection finds these, one of the old generation where they lived for a while, and without one nothing does that for
 * as long as the JVM has direct memory left. Thread-safe.
 *
 * <p>Collections that are asked for here are explicit ones ({@code System.gc}). They take a twentieth of the time at most, and
 * follow the scans of a round by {@link #DELAY}, so that all of these have one.
 */
class DirectMemory {

    /** How long the scans of a round may take, one after the other, to have one collection. */
    private static final long DELAY = TimeUnit.MILLISECONDS.toNanos(100);

    /** How many times as long as a collection took there is none. */
    private static final int PAUSE = 19;

    private static final String LIMIT = "MaxDirectMemorySize";
    private static final String DISABLED = "DisableExplicitGC";

    private final Optional<BufferPoolMXBean> direct =
            ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .findFirst();
    private final long limitBytes = limit();
    private final boolean comesBack = !option(DISABLED).equals(Optional.of("true"));

    /** Whether a thread waits to collect. */
    private final AtomicBoolean awaited = new AtomicBoolean();

    /** Guarded by this. */
    private long earliestNanos = System.nanoTime();

    /** Whether memory comes back when it is asked for: else rounds had better leave buffers where they are. */
    boolean comesBack() {
        return comesBack;
    }

    /** Whether the JVM would have to collect before it allocates so many bytes more. */
    boolean isUsedUp(int bytes) {
        return direct.isPresent() && limitBytes - direct.get().getTotalCapacity() < bytes;
    }

    /** Has the memory of buffers come back that are garbage: soon, and not in this thread. */
    void collect(GivenUpBuffers garbage) {
        if (awaited.compareAndSet(false, true)) {
            Thread thread = new Thread(() -> run(garbage), "reclaimer-direct-memory");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run(GivenUpBuffers garbage) {
        try {
            TimeUnit.NANOSECONDS.sleep(DELAY);
            synchronized (this) {
                TimeUnit.NANOSECONDS.sleep(Math.max(0, earliestNanos - System.nanoTime()));
                // What is given up from now on has another one.
                awaited.set(false);
                if (!garbage.isEmpty()) {
                    long beginNanos = System.nanoTime();
                    System.gc();
                    long endNanos = System.nanoTime();
                    earliestNanos = endNanos + PAUSE * (endNanos - beginNanos);
                }
            }
        } catch (InterruptedException e) {
            // Nobody has this thread. It ends, and the next scan starts another one.
            awaited.set(false);
        }
    }

    private static long limit() {
        long limit = option(LIMIT).map(Long::parseLong).orElse(0L);
        return limit > 0 ? limit : Runtime.getRuntime().maxMemory();
    }

    /** Empty where this is another JVM than HotSpot. */
    private static Optional<String> option(String name) {
        HotSpotDiagnosticMXBean options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (options == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(options.getVMOption(name).getValue());
        } catch (IllegalArgumentException noSuchOption) {
            return Optional.empty();
        }
    }
}
