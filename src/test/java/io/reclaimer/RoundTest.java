package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerObjects;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rounds: priorities, scope, and the report (concepts.md 11). */
class RoundTest {

    private static final int BATCH = 10;

    @RegisterExtension
    static final SharedReclaimer KIT =
            SharedReclaimer.create().with("reclaimer { nodes = [a, b], report-entries = 3 }");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();

    @Test
    void withoutATargetThereIsOnePass() {
        Cache pages = cacheIn("/a", 100_000);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a"));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.DONE);
        assertThat(report.visits()).isOne();
        assertThat(report.firstPriority()).isEqualTo(12);
        assertThat(report.lastPriority()).isEqualTo(12);
        assertThat(report.freedObjects()).isZero();
        assertThat(pages.table().objects()).isEqualTo(100_000);
    }

    /** 1,024 objects give one batch at priority 4, from the deltas and the deferred objects. */
    @Test
    void priorityFallsUntilTheTargetIsMet() {
        cacheIn("/a", 1_024);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").objects(100));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
        assertThat(report.lastPriority()).isEqualTo(4);
        assertThat(report.freedObjects()).isEqualTo(128);
        assertThat(priorities()).containsExactly(12, 11, 10, 9, 8, 7, 6, 5, 4);
    }

    @Test
    void roundWhereNothingIsDirtyEndsShort() {
        KIT.online("/a");
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").objects(1));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_MISSED);
        assertThat(report.lastPriority()).isZero();
        assertThat(report.visits()).isZero();
    }

    /** A large target is a target: the priority falls. */
    @ParameterizedTest
    @CsvSource({"10, TARGET_REACHED, 1", "11, TARGET_MISSED, 0", "9223372036854775807, TARGET_MISSED, 0"})
    void priorityFallsTo0WhereTheTargetIsNotMet(long target, RoundOutcome outcome, int lastPriority) {
        cacheIn("/a", 10);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").objects(target));
        assertThat(report.outcome()).isEqualTo(outcome);
        assertThat(report.lastPriority()).isEqualTo(lastPriority);
        assertThat(report.freedObjects()).isEqualTo(10);
    }

    @Test
    void backgroundRoundStopsAtPriority1() {
        cacheIn("/a", 10);
        ReclaimReport report =
                KIT.reclaim(ReclaimRequest.in("/a").objects(1_000).background());
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_MISSED);
        assertThat(report.lastPriority()).isEqualTo(1);
        assertThat(priorities()).containsExactly(12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
    }

    @Test
    void roundStartsAtTheGivenPriority() {
        cacheIn("/a", 10);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").startingAt(2).objects(1_000));
        assertThat(report.firstPriority()).isEqualTo(2);
        assertThat(report.lastPriority()).isZero();
        // At priority 0 the cache is empty, which leaves no trace event.
        assertThat(priorities()).containsExactly(2, 1);
    }

    @Test
    void onlyTheNodesAskedForAreVisited() {
        Cache pages = cacheIn("/a", 10);
        pages.put(KIT.online("/a"), 1, 10);
        KIT.settle();
        KIT.reclaim(ReclaimRequest.in("/a").onNodes(1).startingAt(0));
        assertThat(pages.objects(KIT.online("/a"), 0)).isEqualTo(10);
        assertThat(pages.objects(KIT.online("/a"), 1)).isZero();
    }

    @Test
    void allNodesAreVisitedByDefault() {
        Cache pages = cacheIn("/a", 10);
        pages.put(KIT.online("/a"), 1, 10);
        KIT.settle();
        assertThat(KIT.reclaim(ReclaimRequest.in("/a").startingAt(0)).freedObjects())
                .isEqualTo(20);
    }

    @Test
    void nodeThatThereIsNotIsRefused() {
        for (ReclaimRequest request : List.of(
                ReclaimRequest.everywhere().onNodes(0, 2),
                ReclaimRequest.everywhere().onNodes(2))) {
            for (CompletionStage<?> refused :
                    List.of(KIT.reclaimer().reclaim(request), KIT.reclaimer().count(request))) {
                ReclaimerException refusal = KIT.refusal(refused);
                assertThat(refusal.reason()).isEqualTo(Reason.NO_SUCH_NODE);
                assertThat(refusal).hasMessageContainingAll("[2]", "0 to 1");
            }
        }
    }

    @Test
    void subtreeIsItsTopAndAllBelow() {
        Cache pages = cacheIn("/a", 10);
        for (String path : new String[] {"/a/b", "/a/b/c", "/ab", "/d"}) {
            pages.put(KIT.online(path), 0, 10);
        }
        KIT.settle();
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").startingAt(0));
        assertThat(report.cgroup()).isEqualTo(CgroupPath.of("/a"));
        assertThat(report.largest())
                .extracting(freed -> freed.cgroup().toString())
                .containsExactly("/a", "/a/b", "/a/b/c");
        assertThat(pages.table().objects()).isEqualTo(20);
    }

    @Test
    void aloneLeavesOutWhatIsBelow() {
        Cache pages = cacheIn("/a", 10);
        pages.put(KIT.online("/a/b"), 0, 10);
        KIT.settle();
        assertThat(KIT.reclaim(ReclaimRequest.in("/a").withoutDescendants().startingAt(0))
                        .freedObjects())
                .isEqualTo(10);
        assertThat(pages.objects(KIT.online("/a/b"), 0)).isEqualTo(10);
    }

    @Test
    void roundOnTheRootIncludesItsOwnPass() {
        Cache pages = cacheIn("/a", 10);
        pages.put(KIT.online("/"), 0, 20);
        Cache global = Cache.register(KIT, ShrinkerSpec.named("global"));
        global.put(KIT.online("/"), 0, 30);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(report.largest())
                .containsExactly(
                        new ShrinkerObjects(CgroupPath.root(), "global", 30),
                        new ShrinkerObjects(CgroupPath.root(), "pages", 20),
                        new ShrinkerObjects(CgroupPath.of("/a"), "pages", 10));
    }

    @Test
    void reportAddsUpAndIsBounded() {
        List<Cache> caches = IntStream.range(0, 6)
                .mapToObj(i -> Cache.register(
                        KIT, ShrinkerSpec.named("s" + i).byCgroup().byNode().objectBytes(10 + i)))
                .toList();
        Cgroup a = KIT.online("/a");
        Cgroup b = KIT.online("/b");
        long bytes = 0;
        for (int i = 0; i < 6; i++) {
            caches.get(i).put(i % 2 == 0 ? a : b, 0, i + 1);
            caches.get(i).put(i % 2 == 0 ? a : b, 1, i + 1);
            bytes += 2L * (i + 1) * (10 + i);
        }
        KIT.settle();
        long scannedBefore = KIT.state().scannedObjects();
        ReclaimReport report = KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(report.freedObjects()).isEqualTo(42);
        assertThat(report.freedBytes()).isEqualTo(bytes);
        assertThat(report.largest())
                .containsExactly(
                        new ShrinkerObjects(CgroupPath.of("/b"), "s5", 12),
                        new ShrinkerObjects(CgroupPath.of("/a"), "s4", 10),
                        new ShrinkerObjects(CgroupPath.of("/b"), "s3", 8));
        assertThat(report.unlistedObjects()).isEqualTo(42 - 30);
        // Each shrinker on its own cgroup on two nodes, and without objects on the root's two nodes, whose pass asks
        // all.
        assertThat(report.visits()).isEqualTo(12 + 12);
        assertThat(report.scannedObjects()).isEqualTo(KIT.state().scannedObjects() - scannedBefore);
        assertThat(report.elapsed()).isPositive();
    }

    /** Of 20 cgroups ten have objects, on one node. */
    @Test
    void costFollowsWhatIsDirtyNotWhatExists() {
        KIT.online("/c");
        for (int i = 0; i < 20; i++) {
            KIT.online("/c/" + i);
        }
        Cache pages = Cache.register(KIT, spec);
        for (int i = 0; i < 10; i++) {
            pages.put(KIT.online("/c/" + i), 0, 1);
        }
        KIT.settle();
        assertThat(KIT.reclaim(ReclaimRequest.in("/c").startingAt(0)).visits()).isEqualTo(10);
        // The second round finds them empty and clears the bits. The third finds no bit.
        assertThat(KIT.reclaim(ReclaimRequest.in("/c").startingAt(0)).visits()).isEqualTo(20);
        assertThat(KIT.reclaim(ReclaimRequest.in("/c").startingAt(0)).visits()).isZero();
    }

    /** More cgroups than the window of a pass. */
    @Test
    void everyOneOfVeryManyChildrenIsReached() {
        Cache pages = cacheIn("/c", 1);
        for (int i = 0; i < 300; i++) {
            pages.put(KIT.online("/c/" + i), 0, 1);
        }
        KIT.settle();
        assertThat(KIT.reclaim(ReclaimRequest.in("/c").startingAt(0)).freedObjects())
                .isEqualTo(301);
    }

    @Test
    void twoRoundsOnOneSubtreeShareTheWork() {
        Cache pages = cacheIn("/a", 10_000);
        pages.put(KIT.online("/a/b"), 1, 10_000);
        KIT.settle();
        CompletionStage<ReclaimReport> first =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").objects(30_000));
        CompletionStage<ReclaimReport> second =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").objects(30_000));
        assertThat(KIT.await(first).freedObjects() + KIT.await(second).freedObjects())
                .isEqualTo(20_000 - pages.table().objects());
        assertThat(KIT.await(first).outcome()).isEqualTo(RoundOutcome.TARGET_MISSED);
        assertThat(pages.table().objects()).isZero();
    }

    @Test
    void fiftyRoundsAtOnceAllAnswer() {
        Cache pages = cacheIn("/a", 100_000);
        pages.put(KIT.online("/a/b"), 1, 100_000);
        KIT.settle();
        List<CompletionStage<ReclaimReport>> rounds = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ReclaimRequest request = i % 2 == 0 ? ReclaimRequest.everywhere() : ReclaimRequest.in("/a");
            rounds.add(KIT.reclaimer().reclaim(i % 5 == 0 ? request : request.objects(1_000)));
        }
        long freed = rounds.stream()
                .mapToLong(round -> KIT.await(round).freedObjects())
                .sum();
        assertThat(freed).isPositive().isEqualTo(200_000 - pages.table().objects());
    }

    private Cache cacheIn(String path, long objects) {
        return Cache.registerIn(KIT, path, spec, objects);
    }

    private List<Integer> priorities() {
        return KIT.takeStarts().stream().map(TraceEvent.Start::priority).toList();
    }

    @ParameterizedTest
    @CsvSource({"1, 1 95 100", "2, 1 1000 12345"})
    void roundStopsWithinABatchAWorker(int workers, String targets) {
        try (ReclaimerTestSystem kit =
                ReclaimerTestSystem.start("reclaimer.visit-dispatcher.fork-join-executor { parallelism-min = " + workers
                        + ", parallelism-max = " + workers + ", parallelism-factor = 100 }")) {
            List<String> cgroups = IntStream.range(0, 8).mapToObj(i -> "/c" + i).toList();
            Bits.setIn(kit, cgroups, kit.register(spec.batch(BATCH), Scripted.endless(100_000)));
            Bits.setIn(kit, cgroups, kit.register(spec.batch(BATCH), Scripted.endless(100_000)));
            for (String each : targets.split(" ")) {
                long target = Long.parseLong(each);
                for (int i = 0; i < 20; i++) {
                    ReclaimReport report = kit.reclaim(
                            ReclaimRequest.everywhere().startingAt(0).objects(target));
                    assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
                    assertThat(report.freedObjects())
                            .isGreaterThanOrEqualTo(target)
                            .isLessThan(target + (long) workers * BATCH);
                }
            }
        }
    }

    @Test
    void whatARoundDidNotScanBecauseItsTargetWasMetStaysOwed() {
        ShrinkerHandle pages = Bits.setIn(KIT, "/a", KIT.register(spec.batch(BATCH), Scripted.endless(1_000)));
        KIT.reclaim(ReclaimRequest.in("/a").startingAt(0).objects(25));
        assertThat(KIT.state("/a", 0).deferred()).containsEntry(pages.id(), 2_000L - 30);
    }
}
