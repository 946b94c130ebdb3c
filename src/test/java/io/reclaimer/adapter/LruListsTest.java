package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LruListsTest {

    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("pages");

    @RegisterExtension
    static final ReclaimerExtension kit = ReclaimerExtension.create().perClass().with("reclaimer.nodes = [a, b]");

    private final List<String> reclaimed = Collections.synchronizedList(new ArrayList<>());
    private LruLists<String> lists;

    @BeforeEach
    void register() {
        lists = kit.await(LruLists.register(kit.reclaimer(), SPEC, reclaimed::add));
    }

    @AfterEach
    void free() {
        kit.await(lists.handle().free());
    }

    @Test
    void listsAreByCgroupAndNode() {
        assertThat(lists.handle().spec().isCgroupAware()).isTrue();
        assertThat(lists.handle().spec().isNumaAware()).isTrue();
        Cgroup shop = kit.online("/shop");
        Cgroup batch = kit.online("/batch");
        lists.add(shop, 0, "shop 0");
        lists.add(shop, 1, "shop 1");
        lists.add(batch, 1, "batch 1");
        lists.addToRoot(0, "root 0");
        kit.settle();
        assertThat(kit.pass("/shop", 1, 0).freedObjects()).isEqualTo(1);
        assertThat(reclaimed).containsExactly("shop 1");
        assertThat(lists.size(shop, 0)).isEqualTo(1);
        assertThat(lists.size(shop, 1)).isZero();
        assertThat(lists.size(batch, 1)).isEqualTo(1);
        assertThat(lists.sizeOfRoot(0)).isEqualTo(1);
        assertThat(lists.sizeOfRoot(1)).isZero();
        assertThat(lists.size()).isEqualTo(3);
        kit.pass("/", 0, 0);
        assertThat(reclaimed).containsExactly("shop 1", "root 0");
    }

    @Test
    void rootIsACgroupAsWell() {
        Cgroup root = kit.online("/");
        lists.add(root, 1, "by cgroup");
        lists.addToRoot(1, "without");
        assertThat(lists.size(root, 1)).isEqualTo(2);
        assertThat(lists.size()).isEqualTo(2);
        kit.pass("/", 1, 0);
        assertThat(reclaimed).containsExactly("by cgroup", "without");
    }

    @Test
    void bitIsSetWithTheFirstObjectAndGoesWithTheLast() {
        Cgroup shop = kit.online("/shop");
        LruItem<String> item = lists.add(shop, 0, "page");
        kit.settle();
        assertThat(kit.state("/shop", 0).bits()).containsExactly(lists.handle().id());
        assertThat(kit.state("/shop", 1).bits()).isEmpty();
        item.remove();
        kit.pass("/shop", 0, 0);
        assertThat(kit.state("/shop", 0).bits()).isEmpty();
        lists.add(shop, 0, "page");
        assertThat(kit.state("/shop", 0).bits()).containsExactly(lists.handle().id());
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void objectIsRemovedOrReclaimedOnce(boolean removed) {
        LruItem<String> item = lists.add(kit.online("/shop"), 0, "page");
        kit.settle();
        assertThat(item.value()).isEqualTo("page");
        assertThat(removed && item.remove()).isEqualTo(removed);
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(removed ? 0 : 1);
        assertThat(reclaimed).hasSize(removed ? 0 : 1);
        assertThat(item.remove()).isFalse();
        assertThat(item.touch()).isFalse();
    }

    @Test
    void objectsAreRemovedFromAnyPlaceInAList() {
        List<LruItem<String>> items = new ArrayList<>();
        for (String value : List.of("a", "b", "c", "d", "e")) {
            items.add(lists.addToRoot(0, value));
        }
        items.get(2).remove();
        items.get(0).remove();
        items.get(4).remove();
        lists.addToRoot(0, "f");
        kit.pass("/", 0, 0);
        assertThat(reclaimed).containsExactly("b", "d", "f");
    }

    /** A pass at the highest priority scans twice the number of objects; the first scan clears the marks of use. */
    @Test
    void usedObjectsAreFreedUnderTheHighestPressure() {
        lists.addToRoot(0, "used").touch();
        assertThat(kit.pass("/", 0, 0).freedObjects()).isEqualTo(1);
    }

    @Test
    void objectsOfACgroupThatGoesOfflineAreItsParentsColdest() {
        Cgroup shop = kit.online("/shop");
        Cgroup web = kit.online("/shop/web");
        lists.add(shop, 0, "parent 1");
        lists.add(shop, 0, "parent 2");
        LruItem<String> removed = lists.add(web, 0, "removed later");
        lists.add(web, 0, "child 1").touch();
        lists.add(web, 0, "child 2");
        lists.add(web, 1, "other node");
        kit.offline("/shop/web");
        assertThat(lists.size(web, 0)).isZero();
        assertThat(lists.size(shop, 0)).isEqualTo(5);
        assertThat(lists.size(shop, 1)).isEqualTo(1);
        assertThat(removed.touch()).isTrue();
        assertThat(removed.remove()).isTrue();
        assertThat(removed.remove()).isFalse();
        assertThat(lists.size(shop, 0)).isEqualTo(4);
        kit.settle();
        kit.pass("/shop", 0, 0);
        assertThat(reclaimed).containsExactly("child 2", "parent 1", "parent 2", "child 1");
        kit.pass("/shop", 1, 0);
        assertThat(reclaimed).endsWith("other node");
    }

    @Test
    void emptyListGivesItsObjectsToAnEmptyOne() {
        Cgroup shop = kit.online("/shop");
        Cgroup web = kit.online("/shop/web");
        lists.add(web, 0, "gone").remove();
        kit.offline("/shop/web");
        assertThat(lists.size()).isZero();
        lists.add(shop, 0, "page");
        assertThat(lists.size(shop, 0)).isEqualTo(1);
    }

    @Test
    void objectsMoveUpToTheRoot() {
        kit.online("/shop");
        kit.online("/shop/web");
        LruItem<String> item = lists.add(kit.online("/shop/web/a"), 0, "removed");
        lists.add(kit.online("/shop/web/a"), 0, "page");
        for (String path : List.of("/shop/web/a", "/shop/web", "/shop")) {
            kit.offline(path);
        }
        assertThat(lists.sizeOfRoot(0)).isEqualTo(2);
        assertThat(item.remove()).isTrue();
        kit.pass("/", 0, 0);
        assertThat(reclaimed).containsExactly("page");
    }

    @Test
    void objectAddedToAnOfflineCgroupIsItsNearestOnlineAncestors() {
        Cgroup shop = kit.online("/shop");
        kit.online("/shop/web");
        Cgroup used = kit.online("/shop/web/used");
        Cgroup unused = kit.online("/shop/web/unused");
        lists.add(used, 0, "before");
        kit.offline("/shop/web/used");
        kit.offline("/shop/web/unused");
        kit.offline("/shop/web");
        lists.add(used, 1, "page 1");
        lists.add(unused, 1, "page 2");
        assertThat(lists.size(shop, 1)).isEqualTo(2);
        assertThat(kit.state("/shop", 1).bits()).containsExactly(lists.handle().id());
        kit.pass("/shop", 1, 0);
        assertThat(reclaimed).containsExactly("page 1", "page 2");
    }

    @Test
    void cgroupThatComesOnlineAgainStartsEmpty() {
        Cgroup shop = kit.online("/shop");
        Cgroup first = kit.online("/shop/web");
        lists.add(first, 0, "first");
        kit.offline("/shop/web");
        Cgroup second = kit.online("/shop/web");
        assertThat(lists.size(second, 0)).isZero();
        lists.add(first, 0, "by the first");
        lists.add(second, 0, "second");
        assertThat(lists.size(shop, 0)).isEqualTo(2);
        assertThat(lists.size(second, 0)).isEqualTo(1);
        kit.settle();
        kit.pass("/shop/web", 0, 0);
        assertThat(reclaimed).containsExactly("second");
        kit.offline("/shop/web");
        assertThat(lists.size()).isEqualTo(2);
    }

    /** A thread found the cgroup online, was delayed until it was offline, and only then made its lists. */
    @Test
    void objectsThatTheReclaimerHasMissedAreMovedUpByWhoAddedThem() {
        kit.online("/shop");
        Cgroup web = kit.online("/shop/web");
        LruGroup<String> late = new LruGroup<>(Optional.of(web), 2);
        kit.offline("/shop/web");
        lists.add(late, 1, "page");
        assertThat(late.isDead()).isTrue();
        assertThat(kit.state("/shop", 1).bits()).containsExactly(lists.handle().id());
        kit.pass("/shop", 1, 0);
        assertThat(reclaimed).containsExactly("page");
    }

    @Test
    void nothingIsKeptOfCgroupsThatAreOffline() {
        for (int i = 0; i < 100; i++) {
            Cgroup web = kit.online("/web" + i % 3);
            lists.add(web, i % 2, "before");
            kit.offline("/web" + i % 3);
            lists.add(web, i % 2, "after");
        }
        assertThat(lists.groups().count()).isEqualTo(1);
        assertThat(lists.sizeOfRoot(0) + lists.sizeOfRoot(1)).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, Integer.MAX_VALUE})
    void unknownNodeIsRefused(int node) {
        Cgroup shop = kit.online("/shop");
        for (Runnable call : List.<Runnable>of(
                () -> lists.add(shop, node, "page"),
                () -> lists.addToRoot(node, "page"),
                () -> lists.size(shop, node),
                () -> lists.sizeOfRoot(node))) {
            assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(
                            ReclaimerException.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.NO_SUCH_NODE))
                    .hasMessageContainingAll("[" + node + "]", "0 to 1", "[reclaimer.nodes]");
        }
        assertThat(lists.size()).isZero();
    }

    @Test
    void listsWorkWhereCgroupsAreDisabled() {
        try (ReclaimerTestSystem flat = ReclaimerTestSystem.start("reclaimer.cgroups-enabled = off")) {
            LruLists<String> ofFlat = flat.await(LruLists.register(flat.reclaimer(), SPEC, reclaimed::add));
            ofFlat.addToRoot(0, "page");
            assertThat(flat.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                    .isEqualTo(1);
            assertThat(reclaimed).containsExactly("page");
        }
    }

    @Test
    void freedListsAreUsableAndNothingIsReclaimed() {
        Cgroup shop = kit.online("/shop");
        LruItem<String> item = lists.add(shop, 0, "page");
        kit.await(lists.handle().free());
        lists.add(shop, 0, "page 2");
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isZero();
        assertThat(item.remove()).isTrue();
        assertThat(lists.size(shop, 0)).isEqualTo(1);
    }

    /** Nothing moves its objects. The next cgroup of the same path is a different one. */
    @Test
    void cgroupThatWentOfflineAfterTheListsWereFreedIsNotInTheWayOfTheNextOne() throws Exception {
        Cgroup root = kit.online("/");
        Cgroup first = kit.online("/shop");
        lists.add(first, 0, "first");
        kit.await(lists.handle().free());
        kit.offline("/shop");
        Cgroup second = kit.online("/shop");
        Threads.run(() -> lists.add(second, 0, "second"));
        assertThat(lists.size(second, 0)).isEqualTo(1);
        assertThat(lists.size(first, 0)).isEqualTo(1);
        lists.add(first, 0, "first, late");
        assertThat(lists.size(first, 0)).isZero();
        assertThat(lists.size(second, 0)).isEqualTo(1);
        assertThat(lists.size(root, 0)).isEqualTo(2);
    }

    /** "Aa" and "BB" have the same hash code. */
    @Test
    void keyThatComesBackAfterItWasReclaimedIsARefault() {
        free();
        lists = kit.await(
                LruLists.register(kit.reclaimer(), SPEC, reclaimed::add, (String value) -> value.split(" ")[0]));
        lists.addToRoot(0, "Aa old");
        lists.addToRoot(0, "key old");
        kit.pass("/", 0, 0);
        lists.addToRoot(0, "BB new").remove();
        assertThat(lists.refaults()).isZero();
        lists.add(kit.online("/shop"), 1, "Aa new");
        assertThat(lists.refaults()).isEqualTo(1);
        lists.addToRoot(0, "Aa again");
        lists.addToRoot(0, "BB again");
        assertThat(lists.refaults()).isEqualTo(1);
        lists.addToRoot(0, "key new");
        assertThat(lists.refaults()).isEqualTo(2);
        assertThat(lists.handle().state().refaultedObjects()).isEqualTo(2);
    }

    @Test
    void refaultsAreNotCountedWithoutAKey() {
        lists.addToRoot(0, "key");
        kit.pass("/", 0, 0);
        lists.addToRoot(0, "key");
        assertThat(lists.refaults()).isZero();
        assertThat(lists.reclaimed()).isEqualTo(1);
    }
}
