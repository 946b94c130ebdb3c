package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerObjects;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.TableShrinker;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The lifecycle of a cgroup (concepts.md 10) without passes under way. {@link OfflineDuringPassesTest} has those. */
class CgroupLifecycleTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("reclaimer.nodes = [a, b]");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();

    @Test
    void comesOnlineBelowAParentThatIsOnline() {
        assertThat(refusalOf(KIT.reclaimer().online("/shop/web"), Reason.PARENT_NOT_ONLINE))
                .hasMessageContainingAll("[/shop/web]", "[/shop]");
        assertThat(KIT.online("/shop").isOnline()).isTrue();
        assertThat(KIT.online("/shop/web").path()).isEqualTo(CgroupPath.of("/shop/web"));
        assertThat(KIT.state().cgroups())
                .extracting(cgroup -> cgroup.cgroup() + " " + cgroup.node())
                .containsExactly("/ 0", "/ 1", "/shop 0", "/shop 1", "/shop/web 0", "/shop/web 1");
    }

    @Test
    void onlineAgainAnswersTheSame() {
        Cgroup shop = KIT.online("/shop");
        assertThat(KIT.online("/shop")).isEqualTo(shop).hasSameHashCodeAs(shop);
        assertThat(KIT.online("/")).isEqualTo(KIT.online("/"));
    }

    @Test
    void onlyALeafGoesOffline() {
        KIT.online("/shop");
        KIT.online("/shop/web");
        assertThat(refusalOf(KIT.reclaimer().offline("/shop"), Reason.HAS_CHILDREN))
                .hasMessageContainingAll("[/shop]", "[1]");
        KIT.offline("/shop/web");
        KIT.offline("/shop");
        assertThat(KIT.state().cgroups()).hasSize(2);
    }

    @Test
    void rootNeverGoesOffline() {
        refusalOf(KIT.reclaimer().offline("/"), Reason.IS_ROOT);
        assertThat(KIT.online("/").isOnline()).isTrue();
    }

    @Test
    void whatIsNotOnlineDoesNotGoOffline() {
        refusalOf(KIT.reclaimer().offline("/shop"), Reason.NOT_ONLINE);
        KIT.online("/shop");
        KIT.offline("/shop");
        refusalOf(KIT.reclaimer().offline("/shop"), Reason.NOT_ONLINE);
    }

    @Test
    void objectsAndDeferredCountsMoveUpLevelByLevel() {
        Cgroup a = KIT.online("/a");
        Cgroup b = KIT.online("/a/b");
        Cgroup c = KIT.online("/a/b/c");
        Cache pages = Cache.register(KIT, spec);
        pages.put(c, 0, 100_000);
        pages.put(c, 1, 200_000);
        pages.put(a, 0, 50_000);
        KIT.settle();
        KIT.reclaim(ReclaimRequest.in("/a"));
        Sums before = sums(pages);
        assertThat(before.owed()).isPositive();

        KIT.offline("/a/b/c");
        assertThat(pages.objects(b, 0)).isEqualTo(100_000);
        assertThat(pages.objects(b, 1)).isEqualTo(200_000);
        assertThat(KIT.state("/a/b", 0).deferred()).containsEntry(0, 48L);
        assertThat(KIT.state("/a/b", 1).deferred()).containsEntry(0, 96L);
        assertThat(sums(pages)).isEqualTo(before);
        KIT.offline("/a/b");
        assertThat(KIT.state("/a", 0).deferred()).containsEntry(0, 48L + 24);
        assertThat(sums(pages)).isEqualTo(before);
        KIT.offline("/a");
        assertThat(pages.objects(KIT.online("/"), 0)).isEqualTo(150_000);
        assertThat(KIT.state("/", 1).deferred()).containsEntry(0, 96L);
        assertThat(sums(pages)).isEqualTo(before);
    }

    /** Its objects and its deferred count are on node 0; its bits are not. */
    @Test
    void sumsAreKeptForAShrinkerThatIsNotNumaAware() {
        KIT.online("/a");
        Cgroup b = KIT.online("/a/b");
        Cache pages = Cache.register(KIT, ShrinkerSpec.named("pages").byCgroup());
        pages.put(b, 1, 100_000);
        KIT.settle();
        KIT.pass("/a/b", 1, 12);
        Sums before = sums(pages);
        assertThat(before).isEqualTo(new Sums(100_000, 48));
        KIT.offline("/a/b");
        assertThat(sums(pages)).isEqualTo(before);
        assertThat(KIT.state("/a", 0).deferred()).containsEntry(0, 48L);
        assertThat(KIT.reclaim(ReclaimRequest.in("/a").startingAt(0)).freedObjects())
                .isEqualTo(100_000);
    }

    @Test
    void parentsBitIsSetOnlyWhereSomethingMovedAndARoundFindsThat() {
        KIT.online("/a");
        Cgroup b = KIT.online("/a/b");
        Cache moved = Cache.register(KIT, spec);
        Cache empty = Cache.register(KIT, spec);
        moved.put(b, 1, 10);
        empty.put(b, 0, 0);
        KIT.settle();
        KIT.offline("/a/b");
        assertThat(KIT.state("/a", 0).bits()).isEmpty();
        assertThat(KIT.state("/a", 1).bits()).containsExactly(moved.handle().id());
        ReclaimReport report = KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(report.largest()).containsExactly(new ShrinkerObjects(CgroupPath.of("/a"), "pages", 10));
    }

    @Test
    void cgroupWithoutABitMovesItsObjectsToo() {
        KIT.online("/a");
        Cgroup b = KIT.online("/a/b");
        Cache pages = Cache.register(KIT, spec);
        pages.table().put(b.path(), 0, 10);
        KIT.offline("/a/b");
        assertThat(KIT.state("/a", 0).bits()).containsExactly(pages.handle().id());
        assertThat(pages.table().objects(CgroupPath.of("/a"), 0)).isEqualTo(10);
        assertThat(KIT.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isEqualTo(10);
    }

    @Test
    void bitOfAShrinkerThatIsNotYetRegisteredMovesToTheParent() {
        Cgroup a = KIT.online("/a");
        Cgroup b = KIT.online("/a/b");
        Scripted pages = Scripted.endless(10);
        ShrinkerHandle handle = KIT.allocate(spec, pages);
        handle.setBit(b, 1);
        KIT.settle();
        KIT.offline("/a/b");
        assertThat(KIT.state("/a", 1).bits()).containsExactly(handle.id());
        assertThat(KIT.state("/a", 0).bits()).isEmpty();
        KIT.await(handle.register());
        KIT.pass(a.path().toString(), 1, 0);
        assertThat(pages.calls).contains("count /a 1");
    }

    @Test
    void globalAndFreedShrinkersAreNotTold() {
        KIT.online("/a");
        TableShrinker global = TableShrinker.full();
        TableShrinker gone = TableShrinker.full();
        KIT.register(ShrinkerSpec.named("global"), global);
        ShrinkerHandle handle = KIT.register(spec, gone);
        global.put(CgroupPath.of("/a"), 0, 10);
        gone.put(CgroupPath.of("/a"), 0, 10);
        KIT.await(handle.free());
        KIT.offline("/a");
        assertThat(global.objects(CgroupPath.of("/a"), 0)).isEqualTo(10);
        assertThat(gone.objects(CgroupPath.of("/a"), 0)).isEqualTo(10);
    }

    @Test
    void objectAddedLateBelongsToTheNearestAncestorThatIsOnline() {
        Cgroup a = KIT.online("/a");
        Cgroup b = KIT.online("/a/b");
        Cgroup c = KIT.online("/a/b/c");
        assertThat(c.nearestOnline()).isSameAs(c);
        KIT.offline("/a/b/c");
        assertThat(c.isOnline()).isFalse();
        assertThat(c.nearestOnline()).isEqualTo(b);
        KIT.offline("/a/b");
        assertThat(c.nearestOnline()).isEqualTo(a);
        KIT.offline("/a");
        assertThat(c.nearestOnline()).isEqualTo(KIT.online("/"));
        Cache pages = Cache.register(KIT, spec);
        pages.put(c.nearestOnline(), 0, 10);
        assertThat(KIT.pass("/", 0, 0).freedObjects()).isEqualTo(10);
    }

    @Test
    void onlineAgainUnderTheSamePathIsAnotherAndClean() {
        Cgroup before = KIT.online("/a");
        Cache pages = Cache.register(KIT, spec);
        pages.put(before, 0, 100_000);
        KIT.settle();
        KIT.pass("/a", 0, 12);
        KIT.offline("/a");
        Cgroup after = KIT.online("/a");
        assertThat(after).isNotEqualTo(before);
        assertThat(before.isOnline()).isFalse();
        assertThat(KIT.state("/a", 0).bits()).isEmpty();
        assertThat(KIT.state("/a", 0).deferred()).isEmpty();
        pages.handle().setBit(before, 0);
        assertThat(KIT.state("/a", 0).bits()).isEmpty();
        pages.put(after, 0, 10);
        assertThat(KIT.state("/a", 0).bits()).containsExactly(pages.handle().id());
        assertThat(KIT.reclaim(ReclaimRequest.in("/a").startingAt(0)).freedObjects())
                .isEqualTo(10);
    }

    @Test
    void shrinkerThatFailsToMoveItsObjectsHoldsUpNobody() {
        Cache pages = Cache.registerIn(KIT, "/a", spec, 10);
        KIT.register(spec, new Scripted(control -> Shrinker.EMPTY, control -> Shrinker.STOP, () -> {
            throw new IllegalStateException("broken");
        }));
        KIT.offline("/a");
        assertThat(pages.table().objects(CgroupPath.root(), 0)).isEqualTo(10);
        ReclaimerState.ShrinkerState broken = KIT.state().shrinkers().get(1);
        assertThat(broken.faults()).isEqualTo(2);
        assertThat(broken.lastFault().orElseThrow()).contains("reparent", "broken");
        assertThat(broken.holds()).isZero();
    }

    private record Sums(long objects, long owed) {}

    private Sums sums(Cache cache) {
        return new Sums(
                cache.table().objects(),
                KIT.state().cgroups().stream()
                        .flatMap(cgroup -> cgroup.deferred().values().stream())
                        .mapToLong(Long::longValue)
                        .sum());
    }

    private ReclaimerException refusalOf(CompletionStage<?> stage, Reason reason) {
        ReclaimerException refusal = KIT.refusal(stage);
        assertThat(refusal.reason()).isEqualTo(reason);
        return refusal;
    }
}
