package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tries to lose a dirty cgroup: objects come in while passes find their cgroups clean and take them off the lists
 * above. Afterwards a round from the root finds every bit that is set.
 */
class DirtyMarksTest {

    private static final int ITERATIONS = 40;
    private static final int OBJECTS = 150;

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create();

    private final Seeded seeded = Seeded.create();

    @Test
    void everyBitIsFoundFromTheRoot() throws Exception {
        List<Cgroup> cgroups = randomTree(14);
        List<Cache> caches = List.of(Cache.register(kit, "s0"), Cache.register(kit, "s1"));
        for (int i = 0; i < ITERATIONS; i++) {
            stir(i, cgroups, caches);
            kit.settle();
            kit.reclaim(ReclaimRequest.everywhere().startingAt(0));
            for (Cache cache : caches) {
                assertThat(cache.table().objects())
                        .as("iteration %d, %s", i, seeded)
                        .isZero();
            }
        }
    }

    /** A round on a subtree leaves the lists above its top as they are; a round from the root finds those bits, too. */
    @Test
    void everyBitIsFoundFromTheRootAfterRoundsOnSubtrees() throws Exception {
        List<Cgroup> cgroups = randomTree(10);
        Cache cache = Cache.register(kit, "s0");
        for (int i = 0; i < 100; i++) {
            Cgroup cgroup = cgroups.get(seeded.nextInt(cgroups.size()));
            Cgroup top = cgroups.get(seeded.nextInt(cgroups.size()));
            cache.put(cgroup, 0, 1);
            CompletionStage<ReclaimReport> round =
                    kit.reclaimer().reclaim(ReclaimRequest.in(top.path()).startingAt(0));
            cache.put(cgroup, 0, 1);
            kit.await(round);
            kit.settle();
            kit.reclaim(ReclaimRequest.everywhere().startingAt(0));
            assertThat(cache.table().objects())
                    .as("iteration %d, %s", i, seeded)
                    .isZero();
        }
    }

    /** A thread sets a bit while others find the cgroup clean and take it off the list above, on three levels. */
    @Test
    void bitThatIsSetWhileItsPairIsTakenOutIsListedUpToTheTop() throws Exception {
        for (int i = 0; i < 5_000; i++) {
            CgroupPerNode top = Parts.perNode("/");
            CgroupPerNode middle = new CgroupPerNode(Parts.cgroup("/a"), 0, top, 0);
            CgroupPerNode bottom = new CgroupPerNode(Parts.cgroup("/a/b"), 0, middle, 0);
            ShrinkerEntry first = Parts.entry(1, 1);
            ShrinkerEntry second = Parts.entry(2, 2);
            bottom.setBit(first);
            Threads.run(
                    () -> {
                        bottom.clearBit(first);
                        bottom.unlistIfClean(1);
                    },
                    () -> bottom.setBit(second),
                    () -> middle.unlistIfClean(1));
            assertThat(bottom.listed).isTrue();
            assertThat(middle.listed).isTrue();
            PassOrder dirty = new PassOrder();
            dirty.addDirty(middle, true, any -> false, 1);
            assertThat(dirty.size()).isOne();
            assertThat(dirty.get(0)).isSameAs(bottom);
        }
    }

    private void stir(int iteration, List<Cgroup> cgroups, List<Cache> caches) throws Exception {
        AtomicInteger adding = new AtomicInteger(2);
        Runnable[] threads = new Runnable[3];
        for (int i = 0; i < 2; i++) {
            Seeded random = seeded.fork(iteration * 2 + i);
            threads[i] = () -> {
                for (int j = 0; j < OBJECTS; j++) {
                    Cgroup cgroup = cgroups.get(random.nextInt(cgroups.size()));
                    caches.get(random.nextInt(caches.size())).put(cgroup, 0, 1);
                }
                adding.decrementAndGet();
            };
        }
        threads[2] = () -> {
            while (adding.get() > 0) {
                CompletionStage<ReclaimReport> other =
                        kit.reclaimer().reclaim(ReclaimRequest.everywhere().startingAt(0));
                kit.reclaim(ReclaimRequest.everywhere().startingAt(0));
                kit.await(other);
            }
        };
        Threads.run(threads);
    }

    /** Each cgroup is a child of the root, or of an earlier one. */
    private List<Cgroup> randomTree(int size) {
        List<Cgroup> cgroups = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int above = seeded.nextInt(cgroups.size() + 1) - 1;
            String parent = above < 0 ? "" : cgroups.get(above).path().toString();
            cgroups.add(kit.online(parent + "/c" + i));
        }
        return cgroups;
    }
}
