package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.testkit.ReclaimerKit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SessionShrinkerTest {

    @RegisterExtension
    final ReclaimerKit kit = ReclaimerKit.create();

    private final SessionShrinker shrinker = new SessionShrinker();
    private ShrinkerHandle handle;
    private SessionStore shop;
    private SessionStore web;
    private SessionStore orm;

    @BeforeEach
    void openStores() {
        handle = kit.register(SessionShrinker.SPEC, shrinker);
        shop = open("/shop");
        web = open("/shop/web");
        orm = open("/shop/orm");
    }

    @Test
    void firstSessionSetsTheBit() {
        assertThat(hasBit("/shop/web")).isFalse();
        put(web, 1, 1);
        assertThat(hasBit("/shop/web")).isTrue();
        assertThat(hasBit("/shop/orm")).isFalse();
        assertThat(hasBit("/shop")).isFalse();
    }

    @Test
    void passOverAnEmptyStoreClearsTheBitAndTheNextSessionSetsItAgain() {
        put(web, 1, 10);
        assertThat(kit.pass("/shop/web", 0, 0).freedObjects()).isEqualTo(10);
        assertThat(web.size()).isZero();
        kit.pass("/shop/web", 0, 0);
        assertThat(hasBit("/shop/web")).isFalse();
        put(web, 11, 1);
        assertThat(hasBit("/shop/web")).isTrue();
    }

    @Test
    void whatWasNotUsedForTheLongestTimeIsFreed() {
        put(web, 1, 1000);
        LongStream.rangeClosed(1, 200).forEach(web::use);
        ReclaimReport report =
                kit.reclaim(ReclaimRequest.in("/shop/web").objects(500).startingAt(0));
        assertThat(report.freedObjects()).isEqualTo(1000 - web.size()).isBetween(500L, 800L);
        long oldest = 200 + report.freedObjects();
        assertThat(LongStream.rangeClosed(1, 1000).filter(id -> web.use(id) != null))
                .containsExactlyElementsOf(
                        LongStream.concat(LongStream.rangeClosed(1, 200), LongStream.rangeClosed(oldest + 1, 1000))
                                .boxed()
                                .toList());
    }

    @Test
    void passFreesInItsOwnCgroupOnly() {
        put(web, 1, 10);
        put(orm, 100, 10);
        kit.pass("/shop/web", 0, 0);
        assertThat(web.size()).isZero();
        assertThat(orm.size()).isEqualTo(10);
    }

    @Test
    void sessionsOfACgroupThatGoesOfflineMoveToItsParent() {
        put(web, 1, 10);
        put(shop, 100, 1);
        kit.offline("/shop/web");
        assertThat(shop.size()).isEqualTo(11);
        assertThat(web.size()).isZero();
        assertThat(web.use(1)).isNotNull();
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(11);
    }

    @Test
    void moveSaysHowManyMoved() {
        put(web, 1, 10);
        assertThat(shrinker.reparent(CgroupPath.of("/batch"), CgroupPath.root(), 0))
                .isZero();
        assertThat(shrinker.reparent(CgroupPath.of("/shop/web"), CgroupPath.of("/shop"), 0))
                .isEqualTo(10);
        assertThat(shrinker.reparent(CgroupPath.of("/shop/orm"), CgroupPath.of("/shop"), 0))
                .isZero();
    }

    @Test
    void moveSetsTheBitOfAParentThatWasEmpty() {
        put(web, 1, 10);
        kit.offline("/shop/web");
        assertThat(hasBit("/shop")).isTrue();
    }

    @Test
    void sessionsThatStillComeForAnOfflineCgroupAreTheParents() {
        kit.offline("/shop/web");
        assertThat(hasBit("/shop")).isFalse();
        put(web, 1, 3);
        assertThat(hasBit("/shop")).isTrue();
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(3);
    }

    @Test
    void belowTheRootTheRootHasThem() {
        put(orm, 1, 5);
        put(web, 10, 5);
        kit.offline("/shop/orm");
        kit.offline("/shop/web");
        kit.offline("/shop");
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isEqualTo(10);
        put(web, 100, 1);
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isOne();
    }

    @Test
    void cgroupBroughtUpAgainHasAStoreOfItsOwn() {
        put(web, 1, 10);
        kit.offline("/shop/web");
        SessionStore again = open("/shop/web");
        assertThat(again.size()).isZero();
        put(again, 100, 2);
        put(web, 200, 1);
        assertThat(kit.pass("/shop/web", 0, 0).freedObjects()).isEqualTo(2);
        assertThat(shop.size()).isEqualTo(11);
    }

    @Test
    void freedBytesAreThoseOfTheAverageSession() {
        put(web, 1, 10);
        assertThat(kit.pass("/shop/web", 0, 0).freedBytes())
                .isEqualTo(10 * SessionShrinker.SPEC.objectBytes())
                .isGreaterThan(10 * Values.MEAN_BYTES);
    }

    private SessionStore open(String path) {
        Cgroup cgroup = kit.online(path);
        assertThat(cgroup.path()).isEqualTo(CgroupPath.of(path));
        return shrinker.open(cgroup, handle);
    }

    private boolean hasBit(String path) {
        return kit.state(path, 0).bits().contains(handle.id());
    }

    private static void put(SessionStore store, long firstId, int count) {
        LongStream.range(firstId, firstId + count).forEach(id -> store.put(id, new byte[] {1}));
    }
}
