package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The lifecycle of a cgroup (concepts.md 10) without passes under way. {@link OfflineDuringPassesTest} has those. */
class CgroupLifecycleTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create().with("reclaimer.nodes = [a, b]");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();

    @Test
    void comesOnlineBelowAParentThatIsOnline() {
        assertThat(refusalOf(kit.reclaimer().online("/shop/web"), Reason.PARENT_NOT_ONLINE))
                .hasMessageContainingAll("[/shop/web]", "[/shop]");
        assertThat(kit.online("/shop").isOnline()).isTrue();
        assertThat(kit.online("/shop/web").path()).isEqualTo(CgroupPath.of("/shop/web"));
        assertThat(kit.state().cgroups())
                .extracting(cgroup -> cgroup.cgroup() + " " + cgroup.node())
                .containsExactly("/ 0", "/ 1", "/shop 0", "/shop 1", "/shop/web 0", "/shop/web 1");
    }

    @Test
    void onlineAgainAnswersTheSame() {
        Cgroup shop = kit.online("/shop");
        assertThat(kit.online("/shop")).isEqualTo(shop).hasSameHashCodeAs(shop);
        assertThat(kit.online("/")).isEqualTo(kit.online("/"));
    }

    @Test
    void onlyALeafGoesOffline() {
        kit.online("/shop");
        kit.online("/shop/web");
        assertThat(refusalOf(kit.reclaimer().offline("/shop"), Reason.HAS_CHILDREN))
                .hasMessageContainingAll("[/shop]", "[1]");
        kit.offline("/shop/web");
        kit.offline("/shop");
        assertThat(kit.state().cgroups()).hasSize(2);
    }

    @Test
    void rootNeverGoesOffline() {
        refusalOf(kit.reclaimer().offline("/"), Reason.IS_ROOT);
        assertThat(kit.online("/").isOnline()).isTrue();
    }

    @Test
    void whatIsNotOnlineDoesNotGoOffline() {
        refusalOf(kit.reclaimer().offline("/shop"), Reason.NOT_ONLINE);
        kit.online("/shop");
        kit.offline("/shop");
        refusalOf(kit.reclaimer().offline("/shop"), Reason.NOT_ONLINE);
    }

    @Test
    void objectsAndDeferredCountsMoveUpLevelByLevel() {
        Cgroup a = kit.online("/a");
        Cgroup b = kit.online("/a/b");
        Cgroup c = kit.online("/a/b/c");
        Cache pages = Cache.register(kit, spec);
        pages.put(c, 0, 100_000);
        pages.put(c, 1, 200_000);
        pages.put(a, 0, 50_000);
        kit.settle();
        kit.reclaim(ReclaimRequest.in("/a"));
        Sums before = sums(pages);
        assertThat(before.owed()).isPositive();

        kit.offline("/a/b/c");
        assertThat(pages.objects(b, 0)).isEqualTo(100_000);
        assertThat(pages.objects(b, 1)).isEqualTo(200_000);
        assertThat(kit.state("/a/b", 0).deferred()).containsEntry(0, 48L);
        assertThat(kit.state("/a/b", 1).deferred()).containsEntry(0, 96L);
        assertThat(sums(pages)).isEqualTo(before);
        kit.offline("/a/b");
        assertThat(kit.state("/a", 0).deferred()).containsEntry(0, 48L + 24);
        assertThat(sums(pages)).isEqualTo(before);
        kit.offline("/a");
        assertThat(pages.objects(kit.online("/"), 0)).isEqualTo(150_000);
        assertThat(kit.state("/", 1).deferred()).containsEntry(0, 96L);
        assertThat(sums(pages)).isEqualTo(before);
    }

    /** Its objects and its deferred count are on node 0; its bits are not. */
    @Test
    void sumsAreKeptForAShrinkerThatIsNotNumaAware() {
        kit.online("/a");
        Cgroup b = kit.online("/a/b");
        Cache pages = Cache.register(kit, ShrinkerSpec.named("pages").byCgroup());
        pages.put(b, 1, 100_000);
        kit.settle();
        kit.pass("/a/b", 1, 12);
        Sums before = sums(pages);
        assertThat(before).isEqualTo(new Sums(100_000, 48));
        kit.offline("/a/b");
        assertThat(sums(pages)).isEqualTo(before);
        assertThat(kit.state("/a", 0).deferred()).containsEntry(0, 48L);
        assertThat(kit.reclaim(ReclaimRequest.in("/a").startingAt(0)).freedObjects())
                .isEqualTo(100_000);
    }

    @Test
    void parentsBitIsSetOnlyWhereSomethingMovedAndARoundFindsThat() {
        kit.online("/a");
        Cgroup b = kit.online("/a/b");
        Cache moved = Cache.register(kit, spec);
        Cache empty = Cache.register(kit, spec);
        moved.put(b, 1, 10);
        empty.put(b, 0, 0);
        kit.settle();
        kit.offline("/a/b");
        assertThat(kit.state("/a", 0).bits()).isEmpty();
        assertThat(kit.state("/a", 1).bits()).containsExactly(moved.handle().id());
        ReclaimReport report = kit.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(report.largest()).containsExactly(new ReclaimReport.Freed(CgroupPath.of("/a"), "pages", 10));
    }

    @Test
    void cgroupWithoutABitMovesItsObjectsToo() {
        kit.online("/a");
        Cgroup b = kit.online("/a/b");
        Cache pages = Cache.register(kit, spec);
        pages.table().put(b.path(), 0, 10);
        kit.offline("/a/b");
        assertThat(kit.state("/a", 0).bits()).containsExactly(pages.handle().id());
        assertThat(pages.table().objects(CgroupPath.of("/a"), 0)).isEqualTo(10);
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isEqualTo(10);
    }

    @Test
    void bitOfAShrinkerThatIsNotYetRegisteredMovesToTheParent() {
        Cgroup a = kit.online("/a");
        Cgroup b = kit.online("/a/b");
        Scripted pages = Scripted.endless(10);
        ShrinkerHandle handle = kit.allocate(spec, pages);
        handle.setBit(b, 1);
        kit.settle();
        kit.offline("/a/b");
        assertThat(kit.state("/a", 1).bits()).containsExactly(handle.id());
        assertThat(kit.state("/a", 0).bits()).isEmpty();
        kit.await(handle.register());
        kit.pass(a.path().toString(), 1, 0);
        assertThat(pages.calls).contains("count /a 1");
    }

    @Test
    void globalAndFreedShrinkersAreNotTold() {
        kit.online("/a");
        TableShrinker global = TableShrinker.full();
        TableShrinker gone = TableShrinker.full();
        kit.register(ShrinkerSpec.named("global"), global);
        ShrinkerHandle handle = kit.register(spec, gone);
        global.put(CgroupPath.of("/a"), 0, 10);
        gone.put(CgroupPath.of("/a"), 0, 10);
        kit.await(handle.free());
        kit.offline("/a");
        assertThat(global.objects(CgroupPath.of("/a"), 0)).isEqualTo(10);
        assertThat(gone.objects(CgroupPath.of("/a"), 0)).isEqualTo(10);
    }

    @Test
    void objectAddedLateBelongsToTheNearestAncestorThatIsOnline() {
        Cgroup a = kit.online("/a");
        Cgroup b = kit.online("/a/b");
        Cgroup c = kit.online("/a/b/c");
        assertThat(c.nearestOnline()).isSameAs(c);
        kit.offline("/a/b/c");
        assertThat(c.isOnline()).isFalse();
        assertThat(c.nearestOnline()).isEqualTo(b);
        kit.offline("/a/b");
        assertThat(c.nearestOnline()).isEqualTo(a);
        kit.offline("/a");
        assertThat(c.nearestOnline()).isEqualTo(kit.online("/"));
        Cache pages = Cache.register(kit, spec);
        pages.put(c.nearestOnline(), 0, 10);
        assertThat(kit.pass("/", 0, 0).freedObjects()).isEqualTo(10);
    }

    @Test
    void onlineAgainUnderTheSamePathIsAnotherAndClean() {
        Cgroup before = kit.online("/a");
        Cache pages = Cache.register(kit, spec);
        pages.put(before, 0, 100_000);
        kit.settle();
        kit.pass("/a", 0, 12);
        kit.offline("/a");
        Cgroup after = kit.online("/a");
        assertThat(after).isNotEqualTo(before);
        assertThat(before.isOnline()).isFalse();
        assertThat(kit.state("/a", 0).bits()).isEmpty();
        assertThat(kit.state("/a", 0).deferred()).isEmpty();
        pages.handle().setBit(before, 0);
        assertThat(kit.state("/a", 0).bits()).isEmpty();
        pages.put(after, 0, 10);
        assertThat(kit.state("/a", 0).bits()).containsExactly(pages.handle().id());
        assertThat(kit.reclaim(ReclaimRequest.in("/a").startingAt(0)).freedObjects())
                .isEqualTo(10);
    }

    @Test
    void shrinkerThatFailsToMoveItsObjectsHoldsUpNobody() {
        Cache pages = Cache.registerIn(kit, "/a", spec, 10);
        kit.register(spec, new Scripted(control -> Shrinker.EMPTY, control -> Shrinker.STOP, () -> {
            throw new IllegalStateException("broken");
        }));
        kit.offline("/a");
        assertThat(pages.table().objects(CgroupPath.root(), 0)).isEqualTo(10);
        ReclaimerState.ShrinkerState broken = kit.state().shrinkers().get(1);
        assertThat(broken.faults()).isEqualTo(2);
        assertThat(broken.lastFault().orElseThrow()).contains("reparent", "broken");
        assertThat(broken.holds()).isZero();
    }

    private record Sums(long objects, long owed) {}

    private Sums sums(Cache cache) {
        return new Sums(
                cache.table().objects(),
                kit.state().cgroups().stream()
                        .flatMap(cgroup -> cgroup.deferred().values().stream())
                        .mapToLong(Long::longValue)
                        .sum());
    }

    private ReclaimerException refusalOf(CompletionStage<?> stage, Reason reason) {
        ReclaimerException refusal = kit.refusal(stage);
        assertThat(refusal.reason()).isEqualTo(reason);
        return refusal;
    }
}
