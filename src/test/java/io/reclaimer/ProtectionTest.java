package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Protection;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Protected cgroups are held off rounds that are requested for a cgroup above them. */
class ProtectionTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("reclaimer.nodes = [heap, direct]");

    private static final int BATCH = 128;

    private Cache cache;
    private Cgroup shop;
    private Cgroup web;
    private Cgroup deep;
    private Cgroup batch;

    @BeforeEach
    void fill() {
        cache = Cache.register(KIT, ShrinkerSpec.named("pages").byCgroup().byNode());
        shop = KIT.online("/shop");
        web = KIT.online("/shop/web");
        deep = KIT.online("/shop/web/deep");
        batch = KIT.online("/batch");
        for (Cgroup cgroup : new Cgroup[] {shop, web, deep, batch}) {
            cache.put(cgroup, 0, 1_000);
        }
        KIT.settle();
    }

    private static void protect(String cgroup, Protection level) {
        KIT.await(KIT.reclaimer().protect(CgroupPath.of(cgroup), "heap", level));
    }

    private long objects(Cgroup cgroup) {
        return cache.objects(cgroup, 0);
    }

    @Test
    void cgroupWithMinIsNeverTakenNorAreThoseBelowIt() {
        protect("/shop/web", Protection.MIN);
        ReclaimReport all = KIT.reclaim(ReclaimRequest.everywhere().objects(Long.MAX_VALUE));
        assertThat(all.outcome()).isEqualTo(RoundOutcome.TARGET_MISSED);
        assertThat(all.shortfalls()).containsOnlyKeys(Shortfall.PROTECTED);
        assertThat(all.isExhausted()).isFalse();
        assertThat(objects(web)).isEqualTo(1_000);
        assertThat(objects(deep)).isEqualTo(1_000);
        assertThat(objects(shop)).isZero();
        assertThat(objects(batch)).isZero();
    }

    @Test
    void topOfARoundIsNotProtectedFromIt() {
        protect("/shop", Protection.MIN);
        protect("/shop/web", Protection.MIN);
        KIT.reclaim(ReclaimRequest.in("/shop").objects(Long.MAX_VALUE));
        assertThat(objects(shop)).isZero();
        assertThat(objects(web)).isEqualTo(1_000);
        KIT.reclaim(ReclaimRequest.in("/shop/web/deep").objects(Long.MAX_VALUE));
        assertThat(objects(deep)).isZero();
    }

    @Test
    void cgroupWithLowIsNotTakenWhileOthersCanMeetTheTarget() {
        protect("/shop/web", Protection.LOW);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.everywhere().objects(2_000));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
        assertThat(objects(web)).isEqualTo(1_000);
        assertThat(objects(deep)).isEqualTo(1_000);
    }

    @Test
    void cgroupWithLowIsTakenWhenNothingElseIsLeft() {
        protect("/shop/web", Protection.LOW);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.everywhere().objects(2_100));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
        assertThat(objects(shop)).isZero();
        assertThat(objects(batch)).isZero();
        assertThat(objects(web) + objects(deep)).isBetween(1_900L - 2 * BATCH, 1_900L);
    }

    @Test
    void cgroupWithMinBelowOneWithLowIsNotTaken() {
        protect("/shop/web", Protection.LOW);
        protect("/shop/web/deep", Protection.MIN);
        KIT.reclaim(ReclaimRequest.everywhere().objects(Long.MAX_VALUE));
        assertThat(objects(web)).isZero();
        assertThat(objects(deep)).isEqualTo(1_000);
    }

    @Test
    void passWithoutATargetLeavesLowAlone() {
        protect("/shop/web", Protection.LOW);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(report.freedObjects()).isEqualTo(2_000);
        assertThat(report.shortfalls()).containsEntry(Shortfall.PROTECTED, 1L);
    }

    @Test
    void protectionIsOfOneNode() {
        cache.put(web, 1, 500);
        KIT.settle();
        protect("/shop/web", Protection.MIN);
        KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(cache.objects(web, 1)).isZero();
        assertThat(objects(web)).isEqualTo(1_000);
    }

    @Test
    void countsAreNotHeldOff() {
        protect("/shop", Protection.MIN);
        CountReport count = KIT.await(KIT.reclaimer().count(ReclaimRequest.everywhere()));
        assertThat(count.freeableObjects()).isEqualTo(4_000);
        assertThat(count.shortfalls()).isEmpty();
    }

    @Test
    void protectionEndsWhenItIsSetToNoneAndWithTheCgroup() {
        protect("/batch", Protection.MIN);
        protect("/batch", Protection.NONE);
        protect("/shop/web/deep", Protection.MIN);
        KIT.offline("/shop/web/deep");
        deep = KIT.online("/shop/web/deep");
        cache.put(deep, 0, 10);
        KIT.settle();
        KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(cache.table().objects()).isZero();
    }

    @Test
    void whatIsNotThereCanNotBeProtected() {
        assertThatThrownBy(() -> protect("/nobody", Protection.MIN)).hasStackTraceContaining("[/nobody] is not online");
        assertThatThrownBy(() -> KIT.await(KIT.reclaimer().protect(shop.path(), "heep", Protection.MIN)))
                .hasStackTraceContaining("[heep]");
        assertThat(KIT.reclaim(ReclaimRequest.everywhere().within(Duration.ofSeconds(5)))
                        .visits())
                .isPositive();
    }
}
