package io.reclaimer.adapter;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The direct memory of the JVM: its remaining capacity, and the release of the memory of unreachable buffers.
 * Thread-safe.
 *
 * <p>Only a garbage collection finds unreachable buffers; for buffers that have lived for a while, a collection of the
 * old generation. The JVM starts none for that reason as long as it has direct memory left. This class requests
 * explicit collections ({@code System.gc}). Those of one instance take at most a twentieth of the time. A collection
 * starts {@link #DELAY} after the first scan that needs it, so that all scans of a round share one.
 */
class DirectMemory {

    /** Nanoseconds from the first scan of a round to the collection, which later scans of the round share. */
    private static final long DELAY = TimeUnit.MILLISECONDS.toNanos(100);

    /** The pause after a collection, as a multiple of the duration of the collection. */
    private static final int PAUSE = 19;

    private static final String LIMIT = "MaxDirectMemorySize";
    private static final String DISABLED = "DisableExplicitGC";

    private final Optional<BufferPoolMXBean> direct =
            ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .findFirst();
    private final long limitBytes = limit();
    private final boolean releasable = !option(DISABLED).equals(Optional.of("true"));

    /** Whether a thread is waiting to start a collection. */
    private final AtomicBoolean pending = new AtomicBoolean();

    /** The earliest start of the next collection. Guarded by {@code this}. */
    private long earliestNanos = System.nanoTime();

    /**
     * Returns whether explicit collections are enabled. If not, the memory of dropped buffers is not released on
     * request, and rounds had better leave buffers in the pool.
     */
    boolean isReleasable() {
        return releasable;
    }

    /** Returns whether the JVM would have to collect garbage before it could allocate {@code bytes} more. */
    boolean isUsedUp(int bytes) {
        return direct.isPresent() && limitBytes - direct.get().getTotalCapacity() < bytes;
    }

    /** Starts a collection that releases the memory of unreachable buffers, after a delay and in another thread. */
    void collect(ReclaimedBuffers reclaimed) {
        if (pending.compareAndSet(false, true)) {
            Thread thread = new Thread(() -> run(reclaimed), "reclaimer-direct-memory");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run(ReclaimedBuffers reclaimed) {
        try {
            TimeUnit.NANOSECONDS.sleep(DELAY);
            synchronized (this) {
                TimeUnit.NANOSECONDS.sleep(Math.max(0, earliestNanos - System.nanoTime()));
                // Buffers reclaimed from here on start a collection of their own.
                pending.set(false);
                if (!reclaimed.isEmpty()) {
                    long beginNanos = System.nanoTime();
                    System.gc();
                    long endNanos = System.nanoTime();
                    earliestNanos = endNanos + PAUSE * (endNanos - beginNanos);
                }
            }
        } catch (InterruptedException e) {
            // No other code interrupts this thread. It ends, and the next scan starts another one.
            pending.set(false);
        }
    }

    private static long limit() {
        long limit = option(LIMIT).map(Long::parseLong).orElse(0L);
        return limit > 0 ? limit : Runtime.getRuntime().maxMemory();
    }

    /** Empty if the JVM is not HotSpot or does not have the option. */
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
