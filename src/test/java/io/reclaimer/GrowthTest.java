package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.ReclaimerKit;
import io.reclaimer.testkit.Scripted;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A growth from 64 ids to 128 that takes as long as a slow shrinker in {@code /slow} likes. */
class GrowthTest {

    @RegisterExtension
    final ReclaimerKit kit =
            ReclaimerKit.with("reclaimer { growth-timeout = 60s, round-deadline = 60s, offline-timeout = 60s }");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();
    private final Gate gate = new Gate();
    private ShrinkerHandle stuck;
    private CompletionStage<ReclaimReport> round;
    private CompletionStage<ShrinkerHandle> allocation;

    @BeforeEach
    void beginToGrow() {
        Cgroup slow = kit.online("/slow");
        stuck = kit.register(spec, Scripted.stuckIn("/slow", 10, gate));
        for (int id = 1; id < 64; id++) {
            kit.allocate(spec, Scripted.endless(10));
        }
        stuck.setBit(slow, 0);
        kit.settle();
        round = kit.reclaimer().reclaim(ReclaimRequest.in("/slow").startingAt(0));
        gate.awaitEntered();
        allocation = kit.reclaimer().allocate(spec, Scripted.endless(10));
        // The registry has it, and asked the tree for room, when it has answered the next one.
        kit.await(
                kit.allocate(ShrinkerSpec.named("global"), Scripted.endless(1)).free());
    }

    @Test
    void idIsNotHandedOutBeforeEveryMapHasGrown() {
        Cgroup quick = kit.online("/quick");
        assertThat(allocation.toCompletableFuture()).isNotDone();
        ShrinkerHandle beyond = endGrowth();
        beyond.setBit(quick, 0);
        assertThat(kit.state("/quick", 0).bits()).containsExactly(64);
        assertThat(kit.state("/slow", 0).nrMax()).isEqualTo(128);
    }

    /** Its first bit makes its map in the middle of the growth, which has asked all the others before. */
    @Test
    void mapMadeDuringAGrowthHasRoomAfterIt() {
        Cgroup late = kit.online("/late");
        stuck.setBit(late, 0);
        ShrinkerHandle beyond = endGrowth();
        beyond.setBit(late, 0);
        assertThat(kit.state("/late", 0).nrMax()).isEqualTo(128);
        assertThat(kit.state("/late", 0).bits()).containsExactly(0, 64);
        assertThat(kit.state().strayBits()).isZero();
    }

    @Test
    void cgroupThatGoesOfflineDuringAGrowthDoesNotHoldItUp() {
        CompletionStage<?> offline = kit.reclaimer().offline("/slow");
        assertThat(endGrowth().id()).isEqualTo(64);
        kit.await(offline);
        assertThat(kit.state().cgroups()).hasSize(1);
    }

    /** Whatever waits for room gets it, in as many growths as it takes. */
    @Test
    void allocationsThatComeDuringAGrowthWaitForTheirOwn() {
        List<CompletionStage<ShrinkerHandle>> more = IntStream.range(0, 70)
                .mapToObj(i -> kit.reclaimer().allocate(spec, Scripted.endless(10)))
                .toList();
        assertThat(endGrowth().id()).isEqualTo(64);
        assertThat(more.stream().map(stage -> kit.await(stage).id()))
                .containsExactlyElementsOf(IntStream.range(65, 135).boxed().toList());
        assertThat(kit.state().nrMax()).isEqualTo(192);
    }

    private ShrinkerHandle endGrowth() {
        gate.open();
        ShrinkerHandle handle = kit.await(allocation);
        kit.await(round);
        return handle;
    }
}
