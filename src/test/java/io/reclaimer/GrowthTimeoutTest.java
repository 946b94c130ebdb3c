package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.ReclaimerKit;
import io.reclaimer.testkit.Scripted;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The section "Ids and expansion", where a cgroup does not grow in time. */
class GrowthTimeoutTest {

    /** Long enough for a growth that nothing holds up, even where the machine is slow. */
    @RegisterExtension
    final ReclaimerKit kit = ReclaimerKit.with("reclaimer.growth-timeout = 2s");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();
    private final Scripted pages = Scripted.endless(10);

    @Test
    void growthThatACgroupHoldsUpFailsAndLeavesEverythingAsItWas() {
        Gate gate = new Gate();
        Cgroup shop = kit.online("/shop");
        Cgroup web = kit.online("/web");
        ShrinkerHandle stuck = kit.register(spec, Scripted.stuckIn("/shop", 10, gate));
        allocate(63);
        stuck.setBit(shop, 0);
        stuck.setBit(web, 0);
        kit.settle();
        CompletionStage<ReclaimReport> round =
                kit.reclaimer().reclaim(ReclaimRequest.in("/shop").startingAt(0));
        gate.awaitEntered();

        ReclaimerException refusal = kit.refusal(kit.reclaimer().allocate(spec, pages));
        assertThat(refusal.reason()).isEqualTo(Reason.GROWTH_TIMEOUT);
        assertThat(refusal).hasMessageContainingAll("/shop", "[64]", "[reclaimer.growth-timeout]");
        assertThat(refusal.getMessage()).doesNotContain("/web");

        gate.open();
        kit.await(round);
        assertThat(kit.state().nrMax()).isEqualTo(64);
        assertThat(kit.state("/web", 0).bits()).containsExactly(stuck.id());
        assertThat(kit.pass("/web", 0, 0).freedObjects()).isPositive();
        ShrinkerHandle beyond = allocate(1).get(0);
        assertThat(beyond.id()).isEqualTo(64);
        beyond.setBit(shop, 0);
        ReclaimerState state = kit.state();
        assertThat(state.nrMax()).isEqualTo(128);
        assertThat(state.strayBits()).isZero();
        assertThat(kit.state("/shop", 0).bits()).contains(64);
    }

    @Test
    void whatNeedsNoRoomDoesNotWaitForAGrowth() {
        Gate gate = new Gate();
        Cgroup shop = kit.online("/shop");
        List<ShrinkerHandle> handles = allocate(63);
        ShrinkerHandle stuck = kit.register(spec, Scripted.stuckIn("/shop", 10, gate));
        stuck.setBit(shop, 0);
        kit.settle();
        CompletionStage<ReclaimReport> round =
                kit.reclaimer().reclaim(ReclaimRequest.in("/shop").startingAt(0));
        gate.awaitEntered();
        CompletionStage<ShrinkerHandle> waits = kit.reclaimer().allocate(spec, pages);
        kit.await(handles.get(5).free());
        assertThat(allocate(1)).extracting(ShrinkerHandle::id).containsExactly(5);
        kit.allocate(ShrinkerSpec.named("global"), pages);
        assertThat(kit.refusal(waits).reason()).isEqualTo(Reason.GROWTH_TIMEOUT);
        gate.open();
        kit.await(round);
    }

    private List<ShrinkerHandle> allocate(int count) {
        List<ShrinkerHandle> handles = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            handles.add(kit.allocate(spec, pages));
        }
        return handles;
    }
}
