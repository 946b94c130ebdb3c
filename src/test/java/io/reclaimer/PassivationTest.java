package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.javadsl.Adapter;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cgroup that has been idle on a node for {@code reclaimer.idle-after} is passivated there. */
class PassivationTest {

    private static final int NODES = 2;

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create()
            .with("reclaimer { nodes = [a, b], idle-after = 2ms, round-deadline = 60s, max-rounds = 1000 }");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();

    @Test
    void cleanCgroupIsPassivatedAndSoAreItsAncestors() {
        Cgroup a = KIT.online("/a");
        Cgroup b = KIT.online("/a/b");
        Cache pages = Cache.register(KIT, spec);
        pages.put(b, 1, 10);
        KIT.settle();
        assertThat(b.handle().onNode(1)).isNotNull();
        empty();
        awaitPassivated(b);
        awaitPassivated(a);
        Threads.until(() -> visitorCount() == NODES, this::visitorCount);
        assertThat(KIT.state("/a/b", 1).bits()).isEmpty();
    }

    @Test
    void cgroupWithABitIsNotPassivated() {
        Cgroup a = KIT.online("/a");
        Cgroup b = KIT.online("/b");
        ShrinkerHandle handle = KIT.register(spec, Scripted.endless(10));
        Cache pages = Cache.register(KIT, spec);
        for (int i = 0; i < 20; i++) {
            handle.setBit(a, 1);
            pages.put(b, 1, 10);
            KIT.settle();
            empty();
            awaitPassivated(b);
            assertThat(a.handle().onNode(1)).isNotNull();
            assertThat(KIT.state("/a", 1).bits()).containsExactly(handle.id());
        }
    }

    @Test
    void passivatedCgroupIsVisitedAgainWhenABitIsSet() {
        Cgroup a = KIT.online("/a");
        Cache pages = Cache.register(KIT, spec);
        for (int i = 0; i < 20; i++) {
            pages.put(a, i % NODES, 10);
            KIT.settle();
            empty();
            assertThat(pages.table().objects()).isZero();
            awaitPassivated(a);
        }
    }

    @Test
    void deferredCountsAreKeptWhileACgroupIsPassivated() {
        Cgroup a = KIT.online("/a");
        Cache pages = Cache.register(KIT, spec);
        owe(pages, a);
        Map<Integer, Long> owed = KIT.state("/a", 1).deferred();
        assertThat(owed).hasSize(1);
        awaitPassivated(a);
        assertThat(KIT.state("/a", 1).deferred()).isEqualTo(owed);
        pages.put(a, 1, 1);
        KIT.settle();
        assertThat(KIT.state("/a", 1).deferred()).isEqualTo(owed);
    }

    @Test
    void deferredCountsOfAPassivatedCgroupAreItsParentsWhenItGoesOffline() {
        KIT.online("/a");
        Cgroup b = KIT.online("/a/b");
        Cache pages = Cache.register(KIT, spec);
        owe(pages, b);
        Map<Integer, Long> owed = KIT.state("/a/b", 1).deferred();
        awaitPassivated(b);
        KIT.offline("/a/b");
        assertThat(KIT.state("/a", 1).deferred()).isEqualTo(owed);
    }

    @Test
    void whatIsOwedToAFreedShrinkerIsNobodysWhenThePairComesBack() {
        Cgroup a = KIT.online("/a");
        Cache pages = Cache.register(KIT, spec);
        owe(pages, a);
        awaitPassivated(a);
        KIT.await(pages.handle().free());
        assertThat(KIT.state("/a", 1).deferred()).isEmpty();
        Cache next = Cache.register(KIT, spec);
        assertThat(next.handle().id()).isEqualTo(pages.handle().id());
        next.put(a, 1, 1);
        KIT.settle();
        assertThat(KIT.state("/a", 1).deferred()).isEmpty();
    }

    /** A stuck visitor in the parent delays nothing in the child. */
    @Test
    void childOfACgroupThatIsStuckIsPassivatedAndComesBackAndGoesOffline() {
        ReclaimerTestSystem stuckAbove = ReclaimerTestSystem.start(
                "reclaimer { nodes = [a], idle-after = 2ms, call-deadline = 1h, round-deadline = 1h }");
        Gate gate = new Gate();
        try {
            Cgroup a = stuckAbove.online("/a");
            Cgroup b = stuckAbove.online("/a/b");
            ShrinkerHandle stuck = stuckAbove.register(spec, Scripted.stuckIn("/a", 100, gate));
            Cache pages = Cache.register(stuckAbove, spec);
            stuck.setBit(a, 0);
            CompletionStage<ReclaimReport> round = stuckAbove
                    .reclaimer()
                    .reclaim(ReclaimRequest.in("/a").withoutDescendants().startingAt(0));
            gate.awaitEntered();
            for (int i = 0; i < 20; i++) {
                pages.put(b, 0, 10);
                // One round to free the objects, and one to find that there are no more.
                stuckAbove.reclaim(ReclaimRequest.in("/a/b").startingAt(0));
                stuckAbove.reclaim(ReclaimRequest.in("/a/b").startingAt(0));
                assertThat(pages.objects(b, 0)).isZero();
                Threads.until(() -> b.handle().onNode(0) == null);
            }
            stuckAbove.offline("/a/b");
            gate.open();
            stuckAbove.await(round);
        } finally {
            gate.open();
            stuckAbove.stop();
        }
    }

    /**
     * Tests the race between data that is passivated and data that is made: no bit, round or count is lost while
     * objects are added, passes empty the cgroups, some go offline, and shrinkers come and go.
     */
    @Test
    void nothingIsLostWhereEverybodyIsAlwaysPassivated() throws Exception {
        Seeded seeded = Seeded.create();
        Cache pages = Cache.register(KIT, spec);
        Cache shared = Cache.register(KIT, ShrinkerSpec.named("shared").byCgroup());
        for (int i = 0; i < 30; i++) {
            List<Cgroup> cgroups = cgroups();
            stir(seeded.fork(i), cgroups, List.of(pages, shared));
            KIT.settle();
            empty();
            assertThat(pages.table().objects()).as("pages, %d, %s", i, seeded).isZero();
            assertThat(shared.table().objects()).as("shared, %d, %s", i, seeded).isZero();
            for (int c = cgroups.size() - 1; c >= 0; c--) {
                KIT.offline(cgroups.get(c).path().toString());
            }
        }
        Threads.until(() -> visitorCount() == NODES, this::visitorCount);
    }

    private void stir(Seeded random, List<Cgroup> cgroups, List<Cache> caches) throws Exception {
        AtomicInteger adding = new AtomicInteger(2);
        Runnable[] threads = new Runnable[4];
        for (int i = 0; i < 2; i++) {
            Seeded own = random.fork(i);
            threads[i] = () -> {
                for (int j = 0; j < 400; j++) {
                    Cgroup cgroup = cgroups.get(own.nextInt(cgroups.size()));
                    caches.get(own.nextInt(caches.size())).put(cgroup, own.nextInt(NODES), 1);
                    if (own.nextInt(40) == 0) {
                        KIT.reclaim(ReclaimRequest.in("/t1").startingAt(0));
                    }
                }
                adding.decrementAndGet();
            };
        }
        for (int i = 2; i < 4; i++) {
            int top = i;
            threads[i] = () -> {
                while (adding.get() > 0) {
                    KIT.reclaim(
                            top == 2
                                    ? ReclaimRequest.everywhere().startingAt(0)
                                    : ReclaimRequest.in("/t0").objects(20));
                }
            };
        }
        Threads.run(threads);
    }

    private List<Cgroup> cgroups() {
        List<Cgroup> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(KIT.online("/t" + i));
            all.add(KIT.online("/t" + i + "/u"));
        }
        return all;
    }

    /** Empties all cgroups. The second round finds that there are no objects. */
    private void empty() {
        KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
    }

    /** Leaves a deferred count, and no object. */
    private void owe(Cache pages, Cgroup cgroup) {
        pages.put(cgroup, 1, 100_000);
        KIT.settle();
        KIT.reclaim(ReclaimRequest.everywhere().startingAt(12));
        empty();
        assertThat(pages.table().objects()).isZero();
    }

    private static void awaitPassivated(Cgroup cgroup) {
        Threads.until(
                () -> IntStream.range(0, NODES).allMatch(node -> cgroup.handle().onNode(node) == null));
    }

    /** The number of visitors: the children of the tree. */
    private long visitorCount() {
        String tree = ((ExtendedActorSystem) Adapter.toClassic(KIT.system())).printTree();
        return tree.lines()
                .dropWhile(line -> !line.contains(" reclaimer-tree "))
                .skip(1)
                .takeWhile(line -> line.contains("$"))
                .count();
    }
}
