package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Measurement of the time for which a scan holds the eviction lock of a cache of a million entries to read its order.
 * Prints microseconds. Run by hand, with the class path of the tests: no test depends on the speed of a machine.
 */
final class CaffeineLockTime {

    /** Processor time of the thread, so that other load of the machine is left out. */
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final int ENTRIES = 1_000_000;
    private static final int READS = 2_000;

    private CaffeineLockTime() {}

    public static void main(String[] args) {
        Cache<Integer, String> cache = Caffeine.newBuilder()
                .maximumSize(2 * ENTRIES)
                .executor(Runnable::run)
                .build();
        CaffeineEntries<Integer, String> entries = CaffeineEntries.of(cache);
        Random random = new Random(1);
        for (int key = 0; key < ENTRIES; key++) {
            cache.put(key, "value");
        }
        long hits = 0;
        for (int i = 0; i < 3 * ENTRIES; i++) {
            hits += cache.getIfPresent((int) Math.abs(random.nextGaussian() * ENTRIES / 4)) == null ? 0 : 1;
        }
        System.out.println("entries " + cache.estimatedSize() + ", hits " + hits);
        for (int depth : new int[] {CaffeineScan.CHUNK, 1024, 16 * 1024, CaffeineOrder.MAX_DEPTH}) {
            int readings = Math.min(READS, 50 * CaffeineOrder.MAX_DEPTH / depth);
            long[] order = new long[readings];
            for (int i = 0; i < readings; i++) {
                long start = THREADS.getCurrentThreadCpuTime();
                CaffeineEntries.Read<Integer> read = entries.read(depth, CaffeineOrder.MAX_DEPTH, 0);
                order[i] = THREADS.getCurrentThreadCpuTime() - start;
                for (int found = 0; found < CaffeineScan.CHUNK; found++) {
                    cache.invalidate(read.keys().get(found));
                }
            }
            print("order of " + depth, order);
        }
    }

    private static void print(String what, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%s: median %.1f, 99 %% below %.1f, longest %.1f%n",
                what,
                nanos[nanos.length / 2] / 1e3,
                nanos[nanos.length * 99 / 100] / 1e3,
                nanos[nanos.length - 1] / 1e3);
    }
}
