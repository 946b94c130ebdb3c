package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rounds with a target in bytes, for objects of different sizes. */
class ByteTargetTest {

    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("reclaimer.late-after = 1m");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup();

    @Test
    void roundEndsWithinABatchOfItsBytes() {
        Cache pages = cache("/a", 2_048, 100_000);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").bytes(10 * MIB));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
        assertThat(report.freedBytes()).isBetween(10 * MIB, 10 * MIB + 128 * 2_048);
        assertThat(100_000 - pages.table().objects())
                .isEqualTo(report.freedObjects())
                .isEqualTo(report.freedBytes() / 2_048);
    }

    /** If two objects are needed, two are freed, with a batch of 128 as with one of 1. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void largeObjectsGoOneByOne(long batch) {
        Cache models = Cache.registerIn(KIT, "/a", spec.objectBytes(64 * MIB).batch(batch), 8);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").bytes(65 * MIB));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
        assertThat(models.table().objects()).isEqualTo(6);
    }

    /** Rows of 100 bytes and images of 1 MiB give about the same share of their objects. */
    @Test
    void shareOfEachCacheIsByWhatItHolds() {
        Cache rows = cache("/a", 100, 200_000);
        Cache images = cache("/a", MIB, 200);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").bytes(39 * MIB));
        assertThat(report.freedBytes()).isBetween(39 * MIB, 40 * MIB);
        assertThat(images.table().objects()).isBetween(160L, 170L);
        assertThat(rows.table().objects()).isBetween(150_000L, 170_000L);
    }

    /** Many caches of any sizes: the overshoot is at most one batch, or one object, per thread. */
    @Test
    void noMoreGoesThanABatchAThreadBeyondTheTarget() {
        int threads = 2;
        KIT.online("/a");
        for (int i = 0; i < 60; i++) {
            Seeded seeded = Seeded.create();
            List<Cache> caches = new ArrayList<>();
            List<Long> sizes = new ArrayList<>();
            long held = 0;
            for (int c = 0; c < 1 + seeded.nextInt(6); c++) {
                long size = 1L << seeded.nextInt(27);
                long objects = 1L + seeded.nextInt((int) Math.min(50_000, 8L * (1 << 27) / size));
                sizes.add(size);
                caches.add(cache("/a/c" + c, size, objects));
                held += size * objects;
            }
            long target = 1 + (long) (seeded.nextDouble() * held);
            ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").bytes(target));
            long largest = sizes.stream().mapToLong(Long::longValue).max().orElseThrow();
            assertThat(report.outcome()).as("%s", seeded).isEqualTo(RoundOutcome.TARGET_REACHED);
            assertThat(report.freedBytes())
                    .as("%s", seeded)
                    .isBetween(target, target + threads * Math.max(largest, MIB));
            for (Cache cache : caches) {
                KIT.await(cache.handle().free());
            }
        }
    }

    /** Bytes that scans report count, and are learned, for each kind of shrinker. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void sizeOfObjectsIsLearnedFromWhatScansFree(Kind kind) {
        AtomicLong left = new AtomicLong(1_000);
        ShrinkerHandle handle =
                kind.register(KIT, spec.objectBytes(1_000), new Scripted(control -> left.get(), control -> {
                    control.freedBytes(control.nrToScan() * MIB);
                    left.addAndGet(-control.nrToScan());
                    return control.nrToScan();
                }));
        Bits.setIn(KIT, "/a", handle);
        assertThat(handle.state().objectBytes()).hasValue(1_000);
        assertThat(KIT.reclaim(ReclaimRequest.in("/a").bytes(1)).freedObjects())
                .as("One of them is enough")
                .isOne();
        assertThat(handle.state().objectBytes()).hasValue(MIB);
        assertThat(KIT.reclaim(ReclaimRequest.in("/a").bytes(10 * MIB)).freedObjects())
                .isEqualTo(10);
        assertThat(KIT.await(KIT.reclaimer().count(ReclaimRequest.in("/a"))).freeableBytes())
                .isEqualTo(left.get() * MIB);
    }

    /** A scan that can tell the sizes of its objects is told how many bytes are missing. */
    @Test
    void scanIsToldWhatIsMissing() {
        List<Long> most = new CopyOnWriteArrayList<>();
        Bits.setIn(KIT, "/a", KIT.register(spec, new Scripted(control -> 10_000, control -> {
            most.add(control.maxBytes());
            control.freedBytes(400);
            return 1;
        })));
        KIT.reclaim(ReclaimRequest.in("/a").bytes(1_000).startingAt(0));
        assertThat(most).containsExactly(1_000L, 600L, 200L);
        most.clear();
        KIT.reclaim(ReclaimRequest.in("/a").objects(1).startingAt(0));
        assertThat(most).containsExactly(Long.MAX_VALUE);
    }

    @Test
    void objectsOfUnknownSizeAreTakenForWhatTheRequestSays() {
        Cache unknown = Cache.registerIn(KIT, "/a", spec, 10_000);
        assertThat(unknown.handle().state().objectBytes()).isEqualTo(OptionalLong.empty());
        ReclaimReport small = KIT.reclaim(ReclaimRequest.in("/a").bytes(1024 * 1024));
        assertThat(small.freedObjects()).isBetween(1_024L, 1_024L + 128);
        ReclaimReport large = KIT.reclaim(ReclaimRequest.in("/a").bytes(10 * MIB, MIB));
        assertThat(large.freedObjects()).isEqualTo(10);
        assertThat(large.freedBytes()).isEqualTo(10 * MIB);
        CountReport count = KIT.await(KIT.reclaimer().count(ReclaimRequest.in("/a")));
        assertThat(count.unsizedObjects())
                .isEqualTo(count.freeableObjects())
                .isEqualTo(unknown.table().objects());
        cache("/a", 10, 50);
        count = KIT.await(KIT.reclaimer().count(ReclaimRequest.in("/a")));
        assertThat(count.unsizedObjects()).isEqualTo(count.freeableObjects() - 50);
    }

    /** Logged once, for readers of logs, because the first rounds use the declared size. */
    @Test
    void declaredSizeThatIsFarFromTheLearnedOneIsReported() {
        for (long bytes : new long[] {499, 501, 1_000, 1_999, 2_001}) {
            int lines = bytes < 500 || bytes > 2_000 ? 1 : 0;
            LoggingTestKit.warn("declares objects of [1000] bytes, but those that it freed held [" + bytes + "]")
                    .withOccurrences(lines)
                    .expect(KIT.system(), () -> {
                        Scripted shrinker = new Scripted(control -> 10_000, control -> {
                            control.freedBytes(control.nrToScan() * bytes);
                            return control.nrToScan();
                        });
                        ShrinkerHandle handle = Bits.setIn(KIT, "/a", KIT.register(spec.objectBytes(1_000), shrinker));
                        KIT.reclaim(ReclaimRequest.in("/a").objects(1_000).startingAt(0));
                        return KIT.await(handle.free());
                    });
        }
    }

    /** The background round for the skipped shrinkers also has a target in bytes. */
    @Test
    void roundThatMayNotBlockLeavesTheRestOfItsBytesToAnother() {
        AtomicLong freed = new AtomicLong();
        Scripted shrinker = new Scripted(control -> 10_000, control -> {
            freed.addAndGet(control.nrToScan());
            return control.nrToScan();
        });
        Bits.setIn(KIT, "/a", KIT.register(spec.objectBytes(1_000).blocking(), shrinker));
        cache("/a", 1_000, 10);
        ReclaimReport report =
                KIT.reclaim(ReclaimRequest.in("/a").bytes(1_000_000).mayBlock(false));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_MISSED);
        assertThat(report.freedBytes()).isEqualTo(10_000);
        assertThat(report.shortfalls()).containsKey(Shortfall.MAY_NOT_BLOCK);
        Threads.until(() -> freed.get() >= 990 && KIT.state().runningRounds() == 0, freed::get);
        assertThat(freed.get()).isLessThan(990 + 128);
    }

    private Cache cache(String cgroup, long objectBytes, long objects) {
        return Cache.registerIn(KIT, cgroup, spec.objectBytes(objectBytes), objects);
    }
}
