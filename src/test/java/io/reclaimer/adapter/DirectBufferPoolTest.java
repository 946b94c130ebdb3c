package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.adapter.DirectBufferPool.Snapshot;
import io.reclaimer.adapter.DirectBufferPool.Statistics;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.InvalidMarkException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DirectBufferPoolTest {

    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("buffers");
    private static final int KIB = 1024;
    private static final int HEAP = 0;
    private static final int DIRECT = 1;

    @RegisterExtension
    static final ReclaimerExtension kit =
            ReclaimerExtension.create().perClass().with("reclaimer { nodes = [heap, direct], round-deadline = 60s }");

    private final FakeMemory memory = new FakeMemory();
    private final List<DirectBufferPool> pools = new ArrayList<>();

    @AfterEach
    void freePools() {
        pools.forEach(pool -> kit.await(pool.handle().free()));
    }

    @Test
    void freeBuffersAreReclaimedOnTheirNodeOnly() {
        DirectBufferPool pool = register(KIB);
        leaseAndClose(pool, 10);
        assertThat(reclaim(HEAP)).isZero();
        assertThat(pool.statistics()).isEqualTo(new Snapshot(0, 10, 10 * KIB, 0));
        assertThat(reclaim(DIRECT)).isEqualTo(10);
        assertThat(pool.statistics()).isEqualTo(new Snapshot(0, 0, 0, 10));
    }

    @Test
    void poolSaysThatItHasNothingOnOtherNodes() {
        DirectBufferPool pool = register(KIB);
        leaseAndClose(pool, 3);
        assertThat(pool.shrinker().count(new FakeControl("/", HEAP, 0))).isEqualTo(Shrinker.EMPTY);
        assertThat(pool.shrinker().count(new FakeControl("/", DIRECT, 0))).isEqualTo(3);
    }

    /** Rounds over the heap would ask the pool in vain. */
    @Test
    void poolIsNotAskedOnOtherNodes() {
        register(KIB);
        assertThat(kit.reclaimer().hasLossless(HEAP)).isFalse();
        assertThat(kit.reclaimer().hasLossless(DIRECT)).isTrue();
    }

    @Test
    void leasedBuffersAreNotReclaimed() {
        DirectBufferPool pool = register(KIB);
        DirectBufferLease lease = pool.acquire();
        leaseAndClose(pool, 1);
        assertThat(reclaim(DIRECT)).isEqualTo(1);
        assertThat(pool.statistics()).isEqualTo(new Snapshot(1, 0, KIB, 1));
        lease.close();
        assertThat(reclaim(DIRECT)).isEqualTo(1);
    }

    @Test
    void specSaysWhatThePoolIs() {
        ShrinkerSpec spec = register(4096).handle().spec();
        assertThat(spec.name()).isEqualTo("buffers");
        assertThat(spec.objectBytes()).hasValue(4096);
        assertThat(spec.traits())
                .containsExactlyInAnyOrder(
                        ShrinkerTrait.CGROUP_AWARE, ShrinkerTrait.NUMA_AWARE, ShrinkerTrait.LOSSLESS);
    }

    @Test
    void bufferGivenBackLastIsLeasedFirst() {
        DirectBufferPool pool = register(8);
        List<DirectBufferLease> leases = new ArrayList<>();
        for (long i = 0; i < 3; i++) {
            leases.add(pool.acquire());
            leases.get((int) i).buffer().putLong(0, i);
        }
        leases.forEach(DirectBufferLease::close);
        for (long expected : new long[] {2, 1, 0}) {
            assertThat(pool.acquire().buffer().getLong(0)).isEqualTo(expected);
        }
    }

    @Test
    void coldestBufferIsDroppedFirst() {
        List<ByteBuffer> made = new ArrayList<>();
        DirectBufferPool pool = register(SPEC.batch(1), 8, bytes -> {
            ByteBuffer buffer = ByteBuffer.allocateDirect(bytes).putLong(0, made.size());
            made.add(buffer);
            return buffer;
        });
        leaseAndClose(pool, 4);
        assertThat(kit.pass("/", DIRECT, 3).freedObjects()).isZero();
        assertThat(kit.pass("/", DIRECT, 2).freedObjects()).isEqualTo(2);
        try (DirectBufferLease first = pool.acquire();
                DirectBufferLease second = pool.acquire();
                DirectBufferLease third = pool.acquire()) {
            assertThat(first.buffer().getLong(0)).isEqualTo(3);
            assertThat(second.buffer().getLong(0)).isEqualTo(2);
            // One of the two dropped buffers, whose memory is not released yet.
            assertThat(third.buffer().getLong(0)).isBetween(0L, 1L);
            assertThat(made).hasSize(4);
        }
    }

    @Test
    void leasedBufferIsLikeNew() {
        DirectBufferPool pool = register(100);
        try (DirectBufferLease lease = pool.acquire()) {
            lease.buffer().order(ByteOrder.LITTLE_ENDIAN).putInt(1).mark().limit(50);
        }
        try (DirectBufferLease lease = pool.acquire()) {
            ByteBuffer buffer = lease.buffer();
            assertThat(buffer.isDirect()).isTrue();
            assertThat(buffer.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
            assertThat(buffer.position()).isZero();
            assertThat(buffer.limit()).isEqualTo(100);
            assertThat(buffer.capacity()).isEqualTo(100);
            assertThatThrownBy(buffer::reset).isInstanceOf(InvalidMarkException.class);
            assertThat(buffer.getInt(0)).isEqualTo(Integer.reverseBytes(1));
            assertThat(lease.buffer()).isSameAs(buffer);
        }
        assertThat(pool.statistics().free()).isEqualTo(1);
    }

    @Test
    void viewKeptPastTheLeaseDoesNotMoveTheNextHoldersPosition() {
        DirectBufferPool pool = register(100);
        DirectBufferLease first = pool.acquire();
        ByteBuffer kept = first.buffer();
        first.close();
        ByteBuffer now = pool.acquire().buffer();
        kept.position(30).limit(40);
        assertThat(now.position()).isZero();
        assertThat(now.limit()).isEqualTo(100);
    }

    @Test
    void closingAgainDoesNothing() throws Exception {
        DirectBufferPool pool = register(KIB);
        for (int i = 0; i < 100; i++) {
            DirectBufferLease lease = pool.acquire();
            Threads.run(lease::close, lease::close);
            lease.close();
            assertThatThrownBy(lease::buffer).isInstanceOf(IllegalStateException.class);
            assertThat(pool.statistics()).isEqualTo(new Snapshot(0, 1, KIB, 0));
        }
    }

    @Test
    void buffersOfCgroupsAreApartAndMoveToTheParent() {
        DirectBufferPool pool = register(KIB);
        Cgroup shop = kit.online("/shop");
        Cgroup web = kit.online("/shop/web");
        DirectBufferLease out = pool.acquire(web);
        pool.acquire(web).close();
        pool.acquire(shop).close();
        assertThat(pool.statistics()).isEqualTo(new Snapshot(1, 2, 3 * KIB, 0));
        kit.settle();
        assertThat(kit.pass("/shop/web", HEAP, 0).visits()).isZero();
        assertThat(kit.pass("/shop/web", DIRECT, 0).freedObjects()).isEqualTo(1);
        kit.offline("/shop/web");
        out.close();
        pool.acquire(web).close();
        assertThat(pool.statistics()).isEqualTo(new Snapshot(0, 2, 2 * KIB, 1));
        kit.settle();
        assertThat(kit.pass("/shop", DIRECT, 0).freedObjects()).isEqualTo(2);
    }

    @Test
    void poolWithoutANodeForItIsRefused() {
        try (ReclaimerTestSystem heapOnly = ReclaimerTestSystem.start("")) {
            assertThatThrownBy(() -> DirectBufferPool.register(heapOnly.reclaimer(), SPEC, KIB))
                    .isInstanceOfSatisfying(
                            ReclaimerException.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.NO_SUCH_NODE))
                    .hasMessageContainingAll("[direct]", "[reclaimer.nodes]");
        }
    }

    @Test
    void emptyBuffersAreRefused() {
        assertThatThrownBy(() -> DirectBufferPool.register(kit.reclaimer(), SPEC, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[buffers]", "[0]", "1 or more");
    }

    @Test
    void whereNoMemoryIsLeftAnotherCgroupsFreeBufferIsLeasedAndThenItIsSaid() {
        DirectBufferPool pool = scarce(2);
        Cgroup shop = kit.online("/shop");
        Cgroup web = kit.online("/web");
        pool.acquire(shop).close();
        pool.acquire().close();
        DirectBufferLease first = pool.acquire(web);
        DirectBufferLease second = pool.acquire(web);
        assertThat(pool.statistics()).isEqualTo(new Snapshot(2, 0, 2 * KIB, 0));
        for (Runnable acquire : List.<Runnable>of(pool::acquire, () -> pool.acquire(web), () -> pool.acquire(shop))) {
            assertThatThrownBy(acquire::run)
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessageContainingAll(
                            "[buffers]", "[1024] bytes", "[2] are leased", "[-XX:MaxDirectMemorySize]", "used up")
                    .hasCauseInstanceOf(OutOfMemoryError.class);
        }
        assertThat(pool.statistics()).isEqualTo(new Snapshot(2, 0, 2 * KIB, 0));
        first.close();
        second.close();
        pool.acquire(web);
    }

    /** Direct bytes as counted by the JVM. Only the pool requests garbage collections during the test. */
    @Test
    void directMemoryIsBackAfterARound() {
        int mebibyte = KIB * KIB;
        DirectBufferPool pool = kit.await(DirectBufferPool.register(kit.reclaimer(), SPEC, mebibyte));
        pools.add(pool);
        List<DirectBufferLease> leases = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            leases.add(pool.acquire());
        }
        leases.forEach(DirectBufferLease::close);
        // Promotes the buffers, so that a young collection does not find them.
        System.gc();
        long before = directBytes();
        reclaim(HEAP);
        assertThat(pool.statistics().free()).isEqualTo(32);
        assertThat(reclaim(DIRECT)).isEqualTo(32);
        Threads.until(() -> directBytes() <= before - 31L * mebibyte);
        // Closed leases that are still referenced do not retain their buffers.
        assertThat(leases)
                .allSatisfy(lease -> assertThatThrownBy(lease::buffer).isInstanceOf(IllegalStateException.class));
    }

    @Test
    void roundReclaimsNothingWhereMemoryDoesNotComeBackAndSaysWhy() {
        memory.releasable = false;
        DirectBufferPool pool =
                LoggingTestKit.warn("[-XX:+DisableExplicitGC]").expect(kit.system(), () -> register(KIB));
        leaseAndClose(pool, 10);
        ReclaimReport report = kit.reclaim(
                ReclaimRequest.everywhere().onNodes(DIRECT).objects(10).startingAt(0));
        assertThat(report.freedObjects()).isZero();
        assertThat(report.shortfalls()).containsOnlyKeys(Shortfall.STOPPED);
        assertThat(pool.statistics()).isEqualTo(new Snapshot(0, 10, 10 * KIB, 0));
        assertThat(memory.collections).hasValue(0);
    }

    /** Otherwise a round could reduce the available memory, because the JVM may have none for a new buffer. */
    @Test
    void reclaimedBufferIsLeasedAgainWhileItsMemoryIsNotBack() {
        AtomicInteger allocated = new AtomicInteger();
        List<ByteBuffer> kept = new ArrayList<>();
        DirectBufferPool pool = register(SPEC, KIB, bytes -> {
            ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
            allocated.incrementAndGet();
            kept.add(buffer);
            return buffer;
        });
        leaseAndClose(pool, 10);
        assertThat(reclaim(DIRECT)).isEqualTo(10);
        assertThat(memory.collections.get()).isPositive();
        assertThat(pool.statistics()).isEqualTo(new Snapshot(0, 0, 0, 10));
        leaseAndClose(pool, 10);
        assertThat(allocated).hasValue(10);
        assertThat(pool.statistics()).isEqualTo(new Snapshot(0, 10, 10 * KIB, 0));
        leaseAndClose(pool, 11);
        assertThat(allocated).hasValue(11);
        assertThat(kept).hasSize(11);
    }

    /** The JVM would stop all threads and collect garbage before it threw an OutOfMemoryError. */
    @Test
    void whereMemoryIsUsedUpAnotherCgroupsFreeBufferComesBeforeTheJvmIsAsked() {
        AtomicInteger allocated = new AtomicInteger();
        DirectBufferPool pool = register(SPEC, KIB, bytes -> {
            allocated.incrementAndGet();
            return ByteBuffer.allocateDirect(bytes);
        });
        Cgroup shop = kit.online("/shop");
        Cgroup web = kit.online("/web");
        pool.acquire(shop).close();
        pool.acquire(web);
        assertThat(allocated).as("there is memory left").hasValue(2);
        memory.usedUp = true;
        pool.acquire(web);
        assertThat(allocated).hasValue(2);
        pool.acquire(web);
        assertThat(allocated).as("none is free").hasValue(3);
    }

    /** Each holder writes its number at both ends of a buffer, and finds it there when it is done. */
    @Test
    void everyBufferHasOneHolderAtATime() throws Exception {
        Seeded seeded = Seeded.create();
        AtomicLong allocated = new AtomicLong();
        DirectBufferPool pool = register(SPEC, 64, bytes -> {
            allocated.incrementAndGet();
            return ByteBuffer.allocateDirect(bytes);
        });
        Cgroup shop = kit.online("/shop");
        AtomicLong freed = new AtomicLong();
        Threads.runBeside(
                () -> freed.addAndGet(reclaim(DIRECT)),
                seeded.tasks(4, (number, random) -> hold(pool, shop, random, number + 1L)));
        Statistics statistics = pool.statistics();
        assertThat(statistics.leased()).as(seeded.toString()).isZero();
        assertThat(statistics.free() + statistics.reclaimed())
                .as(seeded.toString())
                .isEqualTo(allocated.get());
        assertThat(statistics.reclaimed()).as(seeded.toString()).isLessThanOrEqualTo(freed.get());
        kit.settle();
        assertThat(reclaim(DIRECT)).as(seeded.toString()).isEqualTo(statistics.free());
    }

    private static void hold(DirectBufferPool pool, Cgroup shop, Seeded random, long holder) {
        Deque<DirectBufferLease> held = new ArrayDeque<>();
        for (int i = 0; i < 10_000; i++) {
            if (held.isEmpty() || (held.size() < 8 && random.nextBoolean())) {
                DirectBufferLease lease = random.nextBoolean() ? pool.acquire() : pool.acquire(shop);
                lease.buffer().putLong(0, holder).putLong(56, holder);
                held.add(lease);
            } else {
                try (DirectBufferLease lease = held.remove()) {
                    assertThat(lease.buffer().getLong(0)).isEqualTo(holder);
                    assertThat(lease.buffer().getLong(56)).isEqualTo(holder);
                }
            }
        }
        held.forEach(DirectBufferLease::close);
    }

    private DirectBufferPool register(int bytes) {
        return register(SPEC, bytes, ByteBuffer::allocateDirect);
    }

    /** Registers a pool in a JVM that has memory for {@code buffers} buffers only. */
    private DirectBufferPool scarce(int buffers) {
        AtomicInteger left = new AtomicInteger(buffers);
        return register(SPEC, KIB, bytes -> {
            if (left.getAndDecrement() <= 0) {
                throw new OutOfMemoryError("used up");
            }
            return ByteBuffer.allocateDirect(bytes);
        });
    }

    private DirectBufferPool register(ShrinkerSpec spec, int bytes, IntFunction<ByteBuffer> allocation) {
        DirectBufferPool pool = kit.await(DirectBufferPool.register(kit.reclaimer(), spec, bytes, allocation, memory));
        pools.add(pool);
        return pool;
    }

    /** Direct memory whose state the test sets. No collection is requested. */
    private static final class FakeMemory extends DirectMemory {

        private volatile boolean releasable = true;
        private volatile boolean usedUp;
        private final AtomicInteger collections = new AtomicInteger();

        @Override
        boolean isReleasable() {
            return releasable;
        }

        @Override
        boolean isUsedUp(int bytes) {
            return usedUp;
        }

        @Override
        void collect(ReclaimedBuffers reclaimed) {
            collections.incrementAndGet();
        }
    }

    private static void leaseAndClose(DirectBufferPool pool, int count) {
        List<DirectBufferLease> leases = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            leases.add(pool.acquire());
        }
        leases.forEach(DirectBufferLease::close);
    }

    private long reclaim(int node) {
        return kit.reclaim(ReclaimRequest.everywhere().onNodes(node).startingAt(0))
                .freedObjects();
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .findFirst()
                .orElseThrow();
    }
}
