package io.reclaimer.isolation;

import static io.reclaimer.isolation.World.ALL_OBJECTS;
import static io.reclaimer.isolation.World.OBJECTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ReclaimerState;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.PressureState;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** A request that is unrelated to the troubled cgroup, except that both are in one tree, with its expected result. */
enum Operation {
    /** The target is exactly the objects of the healthy cgroups. */
    TREE_ROUND("round over the tree") {
        @Override
        String run(World world) {
            world.side.fill();
            ReclaimReport report = world.timed(() -> world.reclaimer()
                    .reclaim(ReclaimRequest.everywhere().objects(ALL_OBJECTS).within(LIMIT)));
            assertThat(report.outcome()).as(report.toString()).isEqualTo(RoundOutcome.TARGET_REACHED);
            assertThat(report.freedObjects()).isEqualTo(ALL_OBJECTS);
            assertThat(world.side.pages.table().objects()).isZero();
            return freed(report.freedObjects());
        }
    },
    TENANT_ROUND("round on another tenant") {
        @Override
        String run(World world) {
            Cgroup tenant = world.side.cgroups.get(0);
            world.side.pages.put(tenant, 0, OBJECTS);
            world.side.kit.settle();
            ReclaimReport report = world.timed(() -> world.reclaimer()
                    .reclaim(ReclaimRequest.in(tenant.path()).startingAt(0).within(LIMIT)));
            assertThat(report.outcome()).as(report.toString()).isEqualTo(RoundOutcome.DONE);
            assertThat(report.freedObjects()).isEqualTo(OBJECTS);
            return freed(report.freedObjects());
        }
    },
    REGISTER("register") {
        @Override
        String run(World world) {
            ShrinkerHandle handle = world.timed(() -> world.reclaimer().register(spec("registered"), NOTHING));
            assertThat(handle.state().phase()).isEqualTo(ReclaimerState.Phase.REGISTERED);
            return "";
        }
    },
    /** Allocates as many shrinkers as fill the maps, and one more. */
    ALLOCATE("allocate beyond the map") {
        @Override
        String run(World world) {
            int nrMax = world.side.kit.state().nrMax();
            List<ShrinkerHandle> handles = world.timed(() -> all(IntStream.rangeClosed(0, nrMax)
                    .mapToObj(i -> world.reclaimer().allocate(spec("allocated-" + i), NOTHING))
                    .toList()));
            assertThat(handles).extracting(ShrinkerHandle::id).anyMatch(id -> id >= nrMax);
            assertThat(world.side.kit.state().nrMax()).isGreaterThan(nrMax);
            world.answerOf(all(handles.stream().map(ShrinkerHandle::free).toList()));
            return "";
        }
    },
    FREE("free of another") {
        @Override
        String run(World world) {
            ShrinkerHandle handle = world.side.kit.register(spec("freed"), NOTHING);
            Cgroup tenant = world.side.cgroups.get(1);
            handle.setBit(tenant, 0);
            world.side.kit.reclaim(ReclaimRequest.in(tenant.path()));
            world.timed(handle::free);
            assertThat(handle.isFreed()).isTrue();
            return "";
        }
    },
    ONLINE("online") {
        @Override
        String run(World world) {
            assertThat(world.timed(() -> world.reclaimer().online("/new")).isOnline())
                    .isTrue();
            return "";
        }
    },
    STATE("`state()`") {
        @Override
        String run(World world) {
            ReclaimerState state = world.timed(() -> world.reclaimer().state());
            assertThat(state.cgroups())
                    .extracting(cgroup -> cgroup.cgroup().toString())
                    .contains("/healthy-0", "/healthy-3");
            return "";
        }
    },
    /** The target is half of the objects of the healthy cgroups of both members. */
    CLUSTER_ROUND("cluster round") {
        @Override
        String run(World world) {
            world.side.fill();
            world.other.fill();
            ClusterReport report = world.timed(() -> world.side.cluster.reclaim(
                    ReclaimRequest.everywhere().objects(ALL_OBJECTS).within(LIMIT)));
            assertThat(report.outcome()).as(report.toString()).isEqualTo(ClusterReport.Outcome.TARGET_REACHED);
            assertThat(report.members()).hasSize(2);
            long left = world.side.pages.table().objects()
                    + world.other.pages.table().objects();
            // The report has all that was freed, and nothing was freed in the troubled cgroup.
            assertThat(report.freedObjects()).isEqualTo(2 * ALL_OBJECTS - left);
            assertThat(report.freedObjects()).isBetween((long) ALL_OBJECTS, (long) ALL_OBJECTS + OVERSHOOT);
            world.side.drain();
            world.other.drain();
            return freed(ALL_OBJECTS);
        }
    },
    /** A background round, and then a direct one. */
    HEAP_ROUNDS("heap rounds") {
        @Override
        String run(World world) {
            world.side.fill();
            relieve(world, PressureState.LOW, 0.72);
            relieve(world, PressureState.MIN, 0.90);
            long freed = ALL_OBJECTS - world.side.pages.table().objects();
            assertThat(freed).isBetween(HEAP_OBJECTS, HEAP_OBJECTS + OVERSHOOT);
            world.side.drain();
            return freed(HEAP_OBJECTS);
        }

        /**
         * Reports a collection that leaves so much live data, and waits until rounds have freed up to the high
         * watermark.
         */
        private void relieve(World world, PressureState state, double live) {
            // What was freed before is credited before the collection.
            world.awaitLookAtHeap();
            HeapStatus before = world.pressure.heapStatus();
            world.timed(() -> {
                world.heap.collected((long) (live * World.HEAP_LIMIT_BYTES));
                Threads.until(
                        () -> {
                            HeapStatus now = world.pressure.heapStatus();
                            return now.collections() > before.collections() && now.state() == PressureState.NONE;
                        },
                        () -> state + " goes on: " + world.pressure.heapStatus());
                return CompletableFuture.completedStage("");
            });
        }
    },
    /** The last operation, because the tenant is gone afterwards. */
    OFFLINE("offline of another") {
        @Override
        String run(World world) {
            world.timed(() -> world.offlineOfAnother());
            return world.moved() + " moved";
        }
    };

    /** Far longer than an answer may take: an answer at the deadline would not be an answer of the healthy cgroups. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** Batches have one object, and each thread of both members may be in one; a share may be rounded up. */
    private static final long OVERSHOOT = 64;

    /** The objects of 1 KiB to free, from 28 % and from 10 % free up to 35 % free. */
    private static final long HEAP_OBJECTS = 69 + 245;

    private static final TableShrinker NOTHING = TableShrinker.full();

    private final String title;

    Operation(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /**
     * Runs it by {@link World#timed}.
     *
     * @return what was freed, as text; empty if nothing was to be freed
     */
    abstract String run(World world);

    private static String freed(long objects) {
        return String.valueOf(objects);
    }

    private static ShrinkerSpec spec(String name) {
        return ShrinkerSpec.named(name).byCgroup();
    }

    private static <T> CompletionStage<List<T>> all(List<? extends CompletionStage<T>> stages) {
        List<CompletableFuture<T>> futures =
                stages.stream().map(CompletionStage::toCompletableFuture).toList();
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
    }
}
