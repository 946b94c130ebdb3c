package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerObjects;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.HeldVisit;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cgroups that go offline while passes are under way. */
class OfflineDuringPassesTest {

    @RegisterExtension
    static final SharedReclaimer KIT =
            SharedReclaimer.create().with("reclaimer { nodes = [a, b], round-deadline = 60s }");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();

    @Test
    void offlineIsAnsweredAfterTheVisitUnderWayAndWhatThatDeferredIsAtTheParent() {
        HeldVisit visit = HeldVisit.begin(KIT, spec.batch(10), 100, "/a/b");
        CompletionStage<Done> offline = KIT.reclaimer().offline("/a/b");
        assertThat(KIT.refusal(KIT.reclaimer().online("/a/b")).reason()).isEqualTo(Reason.GOING_OFFLINE);
        assertThat(KIT.refusal(KIT.reclaimer().online("/a/b/c")).reason()).isEqualTo(Reason.PARENT_NOT_ONLINE);
        assertThat(offline.toCompletableFuture()).isNotDone();
        assertThat(visit.end().outcome()).isEqualTo(RoundOutcome.DONE);
        KIT.await(offline);
        assertThat(KIT.state("/a", 0).deferred()).containsEntry(0, 200L);
        assertThat(KIT.state().cgroups()).noneMatch(cgroup -> cgroup.cgroup().equals(CgroupPath.of("/a/b")));
    }

    /** The visit is on node 1 and its deferred count on node 0, where nothing delays the transition. */
    @Test
    void lateDeferredCountOfAShrinkerThatIsNotNumaAwareGoesToTheParent() {
        Gate gate = new Gate();
        KIT.online("/a");
        Cgroup b = KIT.online("/a/b");
        ShrinkerHandle pages =
                KIT.register(ShrinkerSpec.named("pages").byCgroup().batch(10), Scripted.stuck(100, gate));
        pages.setBit(b, 1);
        KIT.settle();
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a/b").onNodes(1).startingAt(0));
        gate.awaitEntered();
        CompletionStage<Done> offline = KIT.reclaimer().offline("/a/b");
        gate.open();
        KIT.await(offline);
        KIT.await(round);
        assertThat(KIT.state("/a", 0).deferred()).containsEntry(0, 200L);
    }

    /** The visit would go on for ever, but ends with its cgroup. The objects that it did not scan are then deferred. */
    @Test
    void longVisitIsCutShortAndItsRestIsAtTheParent() {
        long objects = 1L << 40;
        Gate begun = new Gate();
        begun.open();
        ShrinkerHandle pages =
                Bits.setIn(KIT, "/a/b", KIT.register(spec.batch(1), new Scripted(control -> objects, control -> {
                    begun.pass();
                    return 1;
                })));
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(0));
        begun.awaitEntered();
        KIT.offline("/a/b");
        ReclaimReport report = KIT.await(round);
        assertThat(report.outcome()).isEqualTo(RoundOutcome.DONE);
        assertThat(report.largest())
                .containsExactly(new ShrinkerObjects(CgroupPath.of("/a/b"), "pages", report.freedObjects()));
        assertThat(KIT.state("/a", 0).deferred()).containsEntry(pages.id(), 2 * objects - report.scannedObjects());
    }

    @Test
    void laterPassesAndBitsAreIgnoredWhileItIsOnItsWay() {
        Scripted other = Scripted.endless(10);
        ShrinkerHandle handle = KIT.register(ShrinkerSpec.named("other").byCgroup(), other);
        HeldVisit visit = HeldVisit.begin(KIT, spec.batch(10), 100, "/a");
        Cgroup a = KIT.online("/a");
        CompletionStage<Done> offline = KIT.reclaimer().offline("/a");
        KIT.settle();
        assertThat(a.isOnline()).isFalse();
        handle.setBit(a, 0);
        assertThat(KIT.reclaim(ReclaimRequest.in("/a").startingAt(0)).outcome()).isEqualTo(RoundOutcome.NOT_ONLINE);
        visit.end();
        KIT.await(offline);
        assertThat(other.calls).isEmpty();
        assertThat(KIT.state("/", 0).bits()).isEmpty();
    }

    /** A round over the tree has sent its pass to a cgroup that then goes offline. */
    @Test
    void roundFromAboveEndsCleanly() {
        Gate gate = new Gate();
        Bits.setIn(KIT, "/a/b", KIT.register(spec.batch(10), Scripted.stuckIn("/a/b", 100, gate)));
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(0));
        gate.awaitEntered();
        CompletionStage<Done> offline = KIT.reclaimer().offline("/a/b");
        gate.open();
        KIT.await(offline);
        assertThat(KIT.await(round).outcome()).isEqualTo(RoundOutcome.DONE);
    }

    @Test
    void cgroupOfASlowShrinkerGoesOfflineLater() {
        try (ReclaimerTestSystem impatient =
                ReclaimerTestSystem.start("reclaimer { nodes = [a], offline-timeout = 100ms }")) {
            HeldVisit visit = HeldVisit.begin(impatient, spec.batch(10), 100, "/a");
            ReclaimerException refusal = impatient.refusal(impatient.reclaimer().offline("/a"));
            assertThat(refusal.reason()).isEqualTo(Reason.OFFLINE_TIMEOUT);
            assertThat(refusal).hasMessageContainingAll("[/a]", "[reclaimer.offline-timeout]");
            CompletionStage<Done> again = impatient.reclaimer().offline("/a");
            visit.end();
            impatient.await(again);
            assertThat(impatient.refusal(impatient.reclaimer().offline("/a")).reason())
                    .isEqualTo(Reason.NOT_ONLINE);
            assertThat(impatient.state("/", 0).deferred()).containsEntry(0, 200L);
        }
    }

    /**
     * Threads bring 200 cgroups online and offline while rounds free from them. At the end one round finds all
     * remaining objects, and every object that was added was freed or is there.
     */
    @Test
    void noObjectIsLostWhereCgroupsComeAndGo() throws Exception {
        Seeded seeded = Seeded.create();
        List<Cache> caches = List.of(
                Cache.register(KIT, spec),
                Cache.register(KIT, ShrinkerSpec.named("one").byCgroup()));
        KIT.online("/a");
        KIT.online("/b");
        long[] freed = new long[1];
        Runnable round = () -> {
            ReclaimReport report = KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
            assertThat(report.outcome()).isEqualTo(RoundOutcome.DONE);
            freed[0] += report.freedObjects();
        };
        long[] added = new long[4];
        Runnable[] owners = seeded.tasks(added.length, (number, random) -> {
            for (int j = 0; j < 50; j++) {
                String path = (random.nextBoolean() ? "/a/" : "/b/") + number + "-" + j;
                Cgroup cgroup = KIT.online(path);
                for (int k = random.nextInt(5); k > 0; k--) {
                    int objects = 1 + random.nextInt(300);
                    caches.get(random.nextInt(2)).put(cgroup, random.nextInt(2), objects);
                    added[number] += objects;
                }
                KIT.offline(path);
            }
        });
        Threads.runBeside(round, owners);
        KIT.settle();
        long left = caches.stream().mapToLong(cache -> cache.table().objects()).sum();
        assertThat(freed[0] + left).as(seeded.toString()).isEqualTo(added[0] + added[1] + added[2] + added[3]);
        KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(caches).as(seeded.toString()).allMatch(cache -> cache.table().objects() == 0);
    }

    /**
     * No visit scans, each only defers. So the sum of the deferred counts is what the visits added, wherever the
     * cgroups went.
     */
    @Test
    void noDeferredCountIsLostWhereCgroupsGoOffline() throws Exception {
        Seeded seeded = Seeded.create();
        Scripted pages = new Scripted(control -> 1L << 30, control -> Shrinker.STOP);
        ShrinkerSpec oneCount = ShrinkerSpec.named("one").byCgroup();
        ShrinkerHandle handle = KIT.register(oneCount.seeks(4), pages);
        KIT.online("/a");
        long[] visits = new long[3];
        Threads.run(seeded.tasks(visits.length, (number, random) -> {
            for (int j = 0; j < 40; j++) {
                String path = "/a/" + number + "-" + j;
                Cgroup cgroup = KIT.online(path);
                handle.setBit(cgroup, 0);
                handle.setBit(cgroup, 1);
                CompletionStage<ReclaimReport> first = KIT.reclaimer().reclaim(ReclaimRequest.in(path));
                CompletionStage<ReclaimReport> second = KIT.reclaimer().reclaim(ReclaimRequest.in(path));
                if (random.nextBoolean()) {
                    KIT.await(first);
                } else {
                    KIT.offline(path);
                }
                visits[number] += KIT.await(first).visits() + KIT.await(second).visits();
            }
        }));
        long owed = KIT.state().cgroups().stream()
                .flatMap(cgroup -> cgroup.deferred().values().stream())
                .mapToLong(Long::longValue)
                .sum();
        assertThat(owed).as(seeded.toString()).isEqualTo((visits[0] + visits[1] + visits[2]) << (30 - 12));
    }
}
