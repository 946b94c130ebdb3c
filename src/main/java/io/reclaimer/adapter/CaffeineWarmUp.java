package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Warm-up of the classes that a scan needs: reclaims from a cache of a few entries, once per JVM. The first real scan
 * comes when the heap is nearly full. Without the warm-up, a first scan has taken one second, in which the heap ran
 * full.
 */
final class CaffeineWarmUp {

    private static final AtomicBoolean DONE = new AtomicBoolean();
    private static final int ENTRIES = 256;

    private CaffeineWarmUp() {}

    /** Runs the warm-up, which takes about ten milliseconds. Returns at once if it was started before. */
    static void run() {
        if (DONE.compareAndSet(false, true)) {
            Cache<Integer, Integer> cache = Caffeine.newBuilder()
                    .maximumSize(ENTRIES)
                    .executor(Runnable::run)
                    .build();
            for (int i = 0; i < ENTRIES; i++) {
                cache.put(i, i);
            }
            CaffeineShrinker<Integer, Integer> shrinker = CaffeineShrinker.of(cache);
            Control control = new Control(CgroupPath.root(), 0, ENTRIES / 2, ENTRIES / 2, Set.of(), false);
            shrinker.count(control);
            shrinker.scan(control);
        }
    }

    /** A control that ignores the results. */
    private record Control(
            CgroupPath cgroup, int node, long nrToScan, long nrScanned, Set<ReclaimFlag> flags, boolean isCancelled)
            implements ShrinkControl {

        @Override
        public void nrScanned(long objects) {}

        @Override
        public void freedBytes(long bytes) {}
    }
}
