package io.reclaimer.bench;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Measures the growth of all maps from 64 to 128 ids: how long the registration of the 65th shrinker takes, and the
 * longest pass and the longest {@code setBit} on other threads meanwhile, from 10 ms before to 10 ms after. The peer is
 * the same span of time without a growth, in the same system just before: what of a delay is the machine's. Each size
 * five times, each time in a system of its own; medians and worst.
 */
final class ExpansionProgram {

    private static final int TIMES = 5;
    private static final int NODES = 2;
    private static final int SHRINKERS = 64;
    private static final int BITS = 4;
    private static final long MARGIN_MILLIS = 10;
    private static final long SETTLE_MILLIS = 300;

    private record Measured(long growthNanos, long passNanos, long setBitNanos) {}

    private ExpansionProgram() {}

    static void run() {
        for (int cgroups : new int[] {1_000, 10_000, 100_000}) {
            for (int dirty : new int[] {10, 1_000}) {
                System.out.println(measure(new PassCase(cgroups, NODES, SHRINKERS, dirty, BITS)));
            }
        }
    }

    private static String measure(PassCase state) {
        Measured[] with = new Measured[TIMES];
        Measured[] without = new Measured[TIMES];
        for (int i = 0; i < TIMES; i++) {
            try (Reclaiming made = new Reclaiming(NODES)) {
                made.register(state);
                List<Cgroup> dirty = made.online(state);
                made.setBits(state, dirty);
                watch(made, dirty, () -> pause(SETTLE_MILLIS));
                without[i] = watch(made, dirty, () -> pause(1));
                with[i] = watch(
                        made,
                        dirty,
                        () -> Reclaiming.get(made.reclaimer()
                                .register(ShrinkerSpec.named("one-more").byCgroup(), state.shrinker(0))));
            }
        }
        return String.format(
                Locale.ROOT,
                "{\"cgroups\":%d,\"dirty\":%d,\"growthMicros\":%d,\"worstGrowthMicros\":%d,\"longestPassMicros\":%d,"
                        + "\"longestSetBitMicros\":%d,\"withoutGrowth\":{\"longestPassMicros\":%d,\"longestSetBitMicros\":%d}}",
                state.cgroups(),
                state.dirty(),
                median(with, 0) / 1000,
                Arrays.stream(with).mapToLong(Measured::growthNanos).max().orElse(0) / 1000,
                median(with, 1) / 1000,
                median(with, 2) / 1000,
                median(without, 1) / 1000,
                median(without, 2) / 1000);
    }

    private static long median(Measured[] all, int which) {
        long[] sorted = Arrays.stream(all)
                .mapToLong(one -> new long[] {one.growthNanos(), one.passNanos(), one.setBitNanos()}[which])
                .sorted()
                .toArray();
        return sorted[TIMES / 2];
    }

    /** Does something while one thread starts passes and another sets bits, and says how long each took at most. */
    private static Measured watch(Reclaiming made, List<Cgroup> dirty, Runnable what) {
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch started = new CountDownLatch(2);
        long[] longest = new long[2];
        Thread passes = new Thread(() -> longest[0] = longest(
                ended,
                started,
                () -> Reclaiming.get(
                        made.reclaimer().reclaim(ReclaimRequest.everywhere().startingAt(PassCase.PRIORITY)))));
        ShrinkerHandle shrinker = made.shrinkers().get(1);
        Thread bits = new Thread(() -> longest[1] = longest(ended, started, () -> shrinker.setBit(dirty.get(0), 0)));
        passes.start();
        bits.start();
        try {
            started.await();
            pause(MARGIN_MILLIS);
            long start = System.nanoTime();
            what.run();
            long nanos = System.nanoTime() - start;
            pause(MARGIN_MILLIS);
            ended.set(true);
            passes.join();
            bits.join();
            return new Measured(nanos, longest[0], longest[1]);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Interrupted", e);
        }
    }

    private static long longest(AtomicBoolean ended, CountDownLatch started, Runnable what) {
        what.run();
        started.countDown();
        long longest = 0;
        while (!ended.get()) {
            long begin = System.nanoTime();
            what.run();
            longest = Math.max(longest, System.nanoTime() - begin);
            pause(0);
        }
        return longest;
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MICROSECONDS.sleep(Math.max(50, millis * 1000));
        } catch (InterruptedException e) {
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
