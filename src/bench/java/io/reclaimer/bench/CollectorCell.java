package io.reclaimer.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.adapter.CaffeineShrinker;
import io.reclaimer.pressure.HeapRecord;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.Pressure;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One phase under one collector, in a JVM of its own: {@link CollectorsProgram} starts it. What is live is known at any time, as
 * the program makes it; so it is known as well what rounds should free. Prints one JSON line.
 *
 * <p>The thread that works writes what it has made; the one that looks reads it.
 */
public final class CollectorCell {

    /** A value of 1,000 bytes with its header, its key, and Caffeine's node and table entry (compressed references). */
    private static final long ENTRY_BYTES = 1096;

    private static final int VALUE_BYTES = 1000;
    private static final int LARGE_BYTES = 3 << 20;
    private static final double LOW_LIVE = 0.70;
    private static final double HIGH_LIVE = 0.65;
    private static final long LOOK_MILLIS = 20;

    private final CollectorPhase phase;
    private final long limit;
    private final long baseBytes;
    private final Pressure pressure;
    private final Cache<Integer, byte[]> cache;
    private final CaffeineShrinker<Integer, byte[]> shrinker;
    private final Random random = new Random(1);

    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong otherBytes = new AtomicLong();
    private volatile boolean ends;

    /** So that the compiler can't do without what is garbage at once. */
    @SuppressWarnings("UnusedVariable")
    private volatile byte[] sink = new byte[0];

    private byte[][] ring = new byte[0][];
    private int at;

    private long overBytes;
    private long peakBytes;
    private long dueNanos;
    private long firstFreedNanos;
    private long freedBefore;

    private CollectorCell(
            CollectorPhase phase,
            Pressure pressure,
            Cache<Integer, byte[]> cache,
            CaffeineShrinker<Integer, byte[]> shrinker) {
        this.phase = phase;
        this.pressure = pressure;
        this.cache = cache;
        this.shrinker = shrinker;
        System.gc();
        this.baseBytes =
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        this.limit = pressure.heapStatus().limitBytes();
    }

    /** Its phase, its seconds, and a file for what collections told, if that is to be kept. */
    public static void main(String[] args) throws Exception {
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                "cell",
                ConfigFactory.parseString("akka.loglevel = WARNING").withFallback(ConfigFactory.load()));
        try {
            Reclaimer reclaimer = Reclaimer.get(system);
            Cache<Integer, byte[]> cache = Caffeine.newBuilder()
                    .maximumSize(Integer.MAX_VALUE)
                    .executor(Runnable::run)
                    .build();
            Cgroup cgroup = reclaimer.online("/cell").toCompletableFuture().get(1, TimeUnit.MINUTES);
            CaffeineShrinker<Integer, byte[]> shrinker = CaffeineShrinker.of(cache, cgroup);
            shrinker.register(reclaimer, ShrinkerSpec.named("cell").objectBytes(ENTRY_BYTES))
                    .toCompletableFuture()
                    .get(1, TimeUnit.MINUTES);
            Pressure pressure = Pressure.get(system);
            while (pressure.heapStatus().limitBytes() == 0) {
                Thread.sleep(LOOK_MILLIS);
            }
            CollectorCell cell = new CollectorCell(CollectorPhase.of(args[0]), pressure, cache, shrinker);
            HeapRecord record = args.length > 2
                    ? HeapRecord.start(cell::freedBytes, () -> cell.cacheBytes() - cell.freedBytes(), cell::liveBytes)
                    : null;
            System.out.println(cell.run(Integer.parseInt(args[1])));
            if (record != null) {
                Files.write(Path.of(args[2]), record.lines());
            }
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get(1, TimeUnit.MINUTES);
        }
    }

    private String run(int seconds) throws InterruptedException {
        Thread worker = new Thread(this::work, "worker");
        Throwable[] thrown = new Throwable[1];
        worker.setUncaughtExceptionHandler((thread, failure) -> thrown[0] = failure);
        worker.setDaemon(true);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        worker.start();
        while (System.nanoTime() < end && worker.isAlive()) {
            look();
            Thread.sleep(LOOK_MILLIS);
        }
        ends = true;
        worker.join(TimeUnit.SECONDS.toMillis(20));
        HeapStatus status = pressure.heapStatus();
        return String.format(
                Locale.ROOT,
                "{\"phase\":\"%s\",\"limit\":%d,\"due\":%b,\"overPercent\":%.1f,\"freedPercent\":%.1f,\"peakPercent\":%.1f,"
                        + "\"endPercent\":%.1f,\"reactionMillis\":%d,\"rounds\":%d,\"direct\":%d,\"outOfMemory\":%b}",
                phase.word(),
                limit,
                dueNanos != 0,
                percent(overBytes),
                percent(freedBytes()),
                percent(peakBytes),
                percent(liveBytes()),
                dueNanos == 0 || firstFreedNanos == 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(firstFreedNanos - dueNanos),
                status.rounds(),
                status.directRounds(),
                thrown[0] instanceof OutOfMemoryError);
    }

    /** What went beyond what was due is what took the live bytes below the mark at which pressure ends. */
    private void look() {
        long freed = freedBytes();
        long live = liveBytes();
        peakBytes = Math.max(peakBytes, live);
        if (dueNanos == 0 && live > LOW_LIVE * limit) {
            dueNanos = System.nanoTime();
        }
        if (freed > freedBefore) {
            if (firstFreedNanos == 0) {
                firstFreedNanos = System.nanoTime();
            }
            long below = Math.max(0, (long) (HIGH_LIVE * limit) - live);
            overBytes += Math.min(freed - freedBefore, below);
            freedBefore = freed;
        }
    }

    private long freedBytes() {
        return shrinker.reclaimedObjects() * ENTRY_BYTES;
    }

    /** All that was ever put, reclaimed or not. */
    private long cacheBytes() {
        return entries.get() * ENTRY_BYTES;
    }

    private long liveBytes() {
        return baseBytes + otherBytes.get() + cacheBytes() - freedBytes();
    }

    private double percent(long bytes) {
        return 100.0 * bytes / limit;
    }

    private void work() {
        switch (phase) {
            case LOAD -> {
                fill(0.45, Double.MAX_VALUE);
                garbage(VALUE_BYTES, 5e6);
            }
            case SERVE -> {
                fill(0.40, 0.3);
                garbage(VALUE_BYTES, 150e6);
            }
            case CHURN -> {
                fill(0.40, 0.3);
                churn(100e6);
            }
            case FLAT_OUT -> {
                fill(0.30, 0.3);
                ring = new byte[(int) (0.15 * limit / (VALUE_BYTES + 24))][];
                garbage(VALUE_BYTES, Double.MAX_VALUE);
            }
            case HUMONGOUS -> {
                fill(0.40, 0.3);
                ring = new byte[(int) (0.10 * limit / LARGE_BYTES)][];
                garbage(LARGE_BYTES, 300e6);
            }
            case NEAR -> {
                fill(0.60, 0.3);
                grow();
            }
            case NON_CACHE -> {
                fill(0.25, 0.3);
                ring = new byte[(int) (0.55 * limit / (VALUE_BYTES + 24))][];
                garbage(VALUE_BYTES, 0.10 * limit);
            }
        }
    }

    /** Up to a share of the heap, at a share a second. */
    private void fill(double share, double shareASecond) {
        Pace pace = new Pace(shareASecond == Double.MAX_VALUE ? shareASecond : shareASecond * limit);
        while (!ends && cacheBytes() < share * limit) {
            put();
            pace.made(ENTRY_BYTES);
        }
    }

    private void put() {
        cache.put((int) entries.getAndIncrement(), new byte[VALUE_BYTES]);
    }

    /** Makes arrays; each is garbage when the ring, if there is one, has come round. */
    private void garbage(int bytes, double bytesASecond) {
        Pace pace = new Pace(bytesASecond);
        while (!ends) {
            byte[] made = new byte[bytes];
            sink = made;
            if (ring.length > 0) {
                if (ring[at] == null) {
                    otherBytes.addAndGet(bytes + 24L);
                }
                ring[at] = made;
                at = (at + 1) % ring.length;
            }
            pace.made(bytes);
        }
    }

    private void churn(double bytesASecond) {
        Pace pace = new Pace(bytesASecond);
        while (!ends) {
            cache.asMap().replace(random.nextInt((int) entries.get()), new byte[VALUE_BYTES]);
            pace.made(VALUE_BYTES);
        }
    }

    private void grow() {
        Pace pace = new Pace(0.04 * limit);
        Pace garbagePace = new Pace(50e6);
        while (!ends) {
            put();
            pace.made(ENTRY_BYTES);
            while (!ends && garbagePace.isBehind()) {
                sink = new byte[VALUE_BYTES];
                garbagePace.note(VALUE_BYTES);
            }
        }
    }

    /** So many bytes a second. One thread. */
    private static final class Pace {
        private final double bytesASecond;
        private final long start = System.nanoTime();
        private long made;

        Pace(double bytesASecond) {
            this.bytesASecond = bytesASecond;
        }

        void note(long bytes) {
            made += bytes;
        }

        boolean isBehind() {
            return made < bytesASecond * (System.nanoTime() - start) / 1e9;
        }

        void made(long bytes) {
            note(bytes);
            while (bytesASecond != Double.MAX_VALUE && !isBehind()) {
                java.util.concurrent.locks.LockSupport.parkNanos(500_000);
            }
        }
    }
}
