package io.reclaimer.bench;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** The heap of this process, as collections leave it. */
final class Heap {

    /** It is what a collection leaves when this many in a row left the same, but for a share of {@link #NOISE}. */
    private static final int EQUAL_COLLECTIONS = 3;

    private static final int MOST_COLLECTIONS = 30;
    private static final double NOISE = 0.0005;

    private Heap() {}

    /** What lives on it, in bytes. What ended just now needs a while to let go. */
    static long liveBytes() {
        long last = 0;
        for (int i = 0, equal = 0; i < MOST_COLLECTIONS && equal < EQUAL_COLLECTIONS; i++) {
            System.gc();
            long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            equal = Math.abs(now - last) < NOISE * now ? equal + 1 : 0;
            last = now;
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException("Interrupted while the heap settles", e);
            }
        }
        return last;
    }
}
