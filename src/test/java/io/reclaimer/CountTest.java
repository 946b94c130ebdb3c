package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerObjects;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Counts of the objects that could be freed, without freeing them. */
class CountTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("reclaimer.nodes = [a, b]");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();

    @Test
    void countsTheSubtreeAndFreesNothing() {
        Cache pages = Cache.register(KIT, spec.objectBytes(10));
        Cgroup shop = KIT.online("/shop");
        Cgroup web = KIT.online("/shop/web");
        pages.put(shop, 0, 100);
        pages.put(web, 1, 2_000);
        pages.put(KIT.online("/other"), 0, 5);
        ReclaimerState before = KIT.state();
        CountReport report = count(ReclaimRequest.in("/shop").objects(1));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.DONE);
        assertThat(report.freeableObjects()).isEqualTo(2_100);
        assertThat(report.freeableBytes()).isEqualTo(21_000);
        assertThat(report.visits()).isEqualTo(2);
        assertThat(report.largest())
                .containsExactly(
                        new ShrinkerObjects(CgroupPath.of("/shop/web"), "pages", 2_000),
                        new ShrinkerObjects(CgroupPath.of("/shop"), "pages", 100));
        assertThat(report.unlistedObjects()).isZero();
        assertThat(pages.table().objects()).isEqualTo(2_105);
        assertThat(KIT.state().cgroups()).isEqualTo(before.cgroups());
    }

    /** A pass then frees the number that was planned for its priority: the same arithmetic, with deferred objects. */
    @Test
    void plannedIsWhatAPassFrees() {
        Seeded random = Seeded.create();
        Cgroup web = KIT.online("/shop/web");
        for (int i = 0; i < 300; i++) {
            ShrinkerSpec spec = ShrinkerSpec.named("pages-" + i)
                    .byCgroup()
                    .byNode()
                    .seeks(random.nextInt(9))
                    .batch(1 + random.nextInt(300));
            Cache cache = Cache.register(KIT, spec);
            cache.put(web, 0, 1 + random.nextInt(1 << random.nextInt(20)));
            // Leaves a deferred count.
            KIT.pass("/shop/web", 0, 4 + random.nextInt(9));
            int priority = random.nextInt(13);
            CountReport counted = count(ReclaimRequest.in("/shop/web"));
            ReclaimReport pass = KIT.pass("/shop/web", 0, priority);
            assertThat(pass.freedObjects())
                    .as("[%s] at priority [%s] of %s", spec, priority, counted)
                    .isEqualTo(counted.plannedObjects().get(priority));
            KIT.await(cache.handle().free());
        }
    }

    @Test
    void bitOfAnEmptyCacheIsKept() {
        ShrinkerHandle shrinker =
                Bits.setIn(KIT, "/shop/web", KIT.register(spec, new Scripted(any -> Shrinker.EMPTY, any -> 0)));
        assertThat(count(ReclaimRequest.in("/shop/web")).freeableObjects()).isZero();
        assertThat(KIT.state("/shop/web", 0).bits()).containsExactly(shrinker.id());
    }

    /** A shrinker that is not NUMA aware counts the same on each node. */
    @Test
    void oneThatIsNotNumaAwareIsCountedOnce() {
        Cache pages = Cache.register(KIT, ShrinkerSpec.named("pages").byCgroup());
        Cache global = Cache.register(KIT, ShrinkerSpec.named("global"));
        Cgroup web = KIT.online("/shop/web");
        pages.put(web, 0, 100);
        pages.handle().setBit(web, 1);
        global.table().put(CgroupPath.root(), 0, 7);
        assertThat(count(ReclaimRequest.everywhere()).freeableObjects()).isEqualTo(107);
        assertThat(count(ReclaimRequest.everywhere().onNodes(1)).freeableObjects())
                .isEqualTo(107);
    }

    @Test
    void cgroupThatIsNotOnlineHasNothing() {
        CountReport report = count(ReclaimRequest.in("/nobody"));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.NOT_ONLINE);
        assertThat(report.freeableObjects()).isZero();
        assertThat(report.plannedObjects()).hasSize(13).containsOnly(0L);
    }

    @ParameterizedTest
    @EnumSource
    void countsEveryKind(Kind kind) {
        Bits.setIn(KIT, "/shop/web", kind.register(KIT, spec, Scripted.endless(1_000)));
        ShrinkerObjects all = new ShrinkerObjects(CgroupPath.of("/shop/web"), "pages", 1_000);
        // On a busy machine a shrinker that answers later may be late, and then a count does not wait for it.
        Threads.until(() -> count(ReclaimRequest.in("/shop/web")).largest().equals(List.of(all)));
    }

    /**
     * For a caller that can't wait, shrinkers that may block are not asked, and no background round asks them
     * afterwards.
     */
    @Test
    void countThatMayNotBlockLeavesNothingToABackgroundRound() {
        Scripted blocking = Scripted.endless(1_000);
        Bits.setIn(KIT, "/shop/web", KIT.register(spec.blocking(), blocking));
        assertThat(count(ReclaimRequest.everywhere().mayBlock(false)).freeableObjects())
                .isZero();
        assertThat(KIT.state().runningRounds()).isZero();
        assertThat(blocking.calls).isEmpty();
    }

    @Test
    void doesNotWaitForWhoIsSlowAndSaysSo() {
        Gate gate = new Gate();
        Cache.registerIn(KIT, "/shop/web", spec, 10);
        Bits.setIn(KIT, "/shop/web", KIT.register(spec, Scripted.stuckInCount(1, gate)));
        CountReport report = count(ReclaimRequest.in("/shop/web").within(Duration.ofHours(1)));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.DONE);
        assertThat(report.freeableObjects()).isEqualTo(10);
        assertThat(report.shortfalls()).containsOnlyKeys(Shortfall.LATE);
        gate.open();
    }

    @Test
    void shrinkerThatAnswersNonsenseIsAtFault() {
        KIT.register(ShrinkerSpec.named("liar"), new Scripted(any -> -7, any -> 0));
        assertThat(count(ReclaimRequest.everywhere()).freeableObjects()).isZero();
        assertThat(KIT.state().shrinkers()).singleElement().matches(shrinker -> shrinker.faults() > 0);
    }

    @Test
    void configuredCgroupsAreOnlineWithAllAboveThem() {
        try (ReclaimerTestSystem own = ReclaimerTestSystem.start("reclaimer.cgroups = [/shop/web, /other]")) {
            assertThat(own.state().cgroups())
                    .extracting(cgroup -> cgroup.cgroup().toString())
                    .containsExactly("/", "/other", "/shop", "/shop/web");
        }
    }

    @Test
    void cgroupComesOnlineWithItsParents() {
        Cgroup deep = KIT.await(KIT.reclaimer().onlineWithParents("/a/b/c"));
        assertThat(deep.isOnline()).isTrue();
        assertThat(KIT.await(KIT.reclaimer().onlineWithParents("/a/b/c"))).isEqualTo(deep);
        assertThat(KIT.await(KIT.reclaimer().onlineWithParents("/")).path()).isEqualTo(CgroupPath.root());
        KIT.offline("/a/b/c");
        assertThat(deep.nearestOnline().path()).isEqualTo(CgroupPath.of("/a/b"));
    }

    private CountReport count(ReclaimRequest request) {
        KIT.settle();
        return KIT.await(KIT.reclaimer().count(request));
    }
}
