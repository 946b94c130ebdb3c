package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Prints how long a scan keeps the eviction lock of a cache of a million entries, in microseconds: to read the order, and
 * to lower the maximum. Run by hand, with the class path of the tests: nothing depends on a machine being fast.
 */
final class CaffeineLockTime {

    /** Time of the processor, so that what else the machine does is left out. */
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
        Policy.Eviction<Integer, String> eviction = cache.policy().eviction().orElseThrow();
        Random random = new Random(1);
        for (int key = 0; key < ENTRIES; key++) {
            cache.put(key, "value");
        }
        long hits = 0;
        for (int i = 0; i < 3 * ENTRIES; i++) {
            hits += cache.getIfPresent((int) Math.abs(random.nextGaussian() * ENTRIES / 4)) == null ? 0 : 1;
        }
        System.out.println("entries " + cache.estimatedSize() + ", hits " + hits);
        for (int chunk : new int[] {CaffeineScan.CHUNK, CaffeineScan.SHARED_CHUNK}) {
            int spared = chunk == CaffeineScan.CHUNK ? 0 : 8192;
            long[] order = new long[READS];
            long[] lowering = new long[READS];
            for (int i = 0; i < READS; i++) {
                long start = THREADS.getCurrentThreadCpuTime();
                List<CaffeineEntries.Found<Integer, String>> found = entries.coldest(chunk, spared);
                order[i] = THREADS.getCurrentThreadCpuTime() - start;
                found.stream().limit(CaffeineScan.CHUNK).forEach(entries::remove);
                long size = cache.estimatedSize();
                start = THREADS.getCurrentThreadCpuTime();
                eviction.setMaximum(size);
                lowering[i] = THREADS.getCurrentThreadCpuTime() - start;
            }
            print("order of " + chunk + " after " + spared, order);
            print("lowering", lowering);
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
