package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ids beyond {@code nrMax} are handed out when all maps have room for them. No cgroup can delay that. */
class ExpansionTest {

    @RegisterExtension
    final ReclaimerExtension kit =
            ReclaimerExtension.create().with("reclaimer { id-limit = 128, call-deadline = 1h, round-deadline = 1h }");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();

    @Test
    void mapsHaveRoomForAnIdThatIsHandedOut() {
        Cgroup old = kit.online("/old");
        List<ShrinkerHandle> handles = allocate(64);
        handles.get(3).setBit(old, 0);
        assertThat(kit.state().nrMax()).isEqualTo(64);
        ShrinkerHandle beyond = allocate(1).get(0);
        assertThat(beyond.id()).isEqualTo(64);
        Cgroup late = kit.online("/late");
        beyond.setBit(old, 0);
        beyond.setBit(late, 0);
        ReclaimerState state = kit.state();
        assertThat(state.nrMax()).isEqualTo(128);
        assertThat(state.cgroups()).allMatch(cgroup -> cgroup.nrMax() == 128);
        assertThat(state.strayBits()).isZero();
        assertThat(kit.state("/old", 0).bits()).containsExactly(3, 64);
        assertThat(kit.state("/late", 0).bits()).containsExactly(64);
    }

    @Test
    void stuckVisitHoldsUpNoExpansion() {
        Gate gate = new Gate();
        Cgroup shop = kit.online("/shop");
        ShrinkerHandle stuck = kit.register(spec, Scripted.stuckIn("/shop", 10, gate));
        allocate(63);
        stuck.setBit(shop, 0);
        CompletionStage<ReclaimReport> round =
                kit.reclaimer().reclaim(ReclaimRequest.in("/shop").startingAt(0));
        gate.awaitEntered();
        try {
            ShrinkerHandle beyond = kit.register(spec, Scripted.endless(10));
            assertThat(beyond.id()).isEqualTo(64);
            beyond.setBit(shop, 0);
            assertThat(kit.state("/shop", 0).bits()).containsExactly(stuck.id(), 64);
        } finally {
            gate.open();
        }
        kit.await(round);
    }

    @Test
    void allocationBeyondTheLimitLeavesEverythingAsItWas() {
        List<ShrinkerHandle> handles = allocate(128);
        assertThat(kit.refusal(kit.reclaimer().allocate(spec, Scripted.endless(1)))
                        .reason())
                .isEqualTo(Reason.ID_LIMIT);
        assertThat(kit.state().nrMax()).isEqualTo(128);
        kit.await(handles.get(77).free());
        assertThat(allocate(1).get(0).id()).isEqualTo(77);
    }

    @Test
    void nrMaxDoesNotShrink() {
        List<ShrinkerHandle> handles = allocate(65);
        handles.forEach(handle -> kit.await(handle.free()));
        assertThat(kit.state().nrMax()).isEqualTo(128);
        assertThat(allocate(1).get(0).id()).isZero();
    }

    private List<ShrinkerHandle> allocate(int count) {
        List<ShrinkerHandle> handles = new ArrayList<>();
        IntStream.range(0, count).forEach(i -> handles.add(kit.allocate(spec, Scripted.endless(10))));
        return handles;
    }
}
