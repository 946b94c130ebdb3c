package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.HeldVisit;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Passes on the root (concepts.md 6). */
class RootPassTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create();

    @Test
    void shrinkersAreCalledInTheOrderRegistered() {
        ShrinkerHandle a = kit.allocate(ShrinkerSpec.named("a"), Scripted.endless(10));
        ShrinkerHandle b = kit.allocate(ShrinkerSpec.named("b").byCgroup(), Scripted.endless(10));
        ShrinkerHandle c = kit.allocate(ShrinkerSpec.named("c"), Scripted.endless(10));
        kit.allocate(ShrinkerSpec.named("d"), Scripted.endless(10));
        kit.await(c.register());
        kit.await(a.register());
        kit.await(b.register());
        assertThat(kit.pass("/", 0, 0).visits()).isEqualTo(3);
        assertThat(kit.takeTrace().stream()
                        .filter(TraceEvent.Start.class::isInstance)
                        .map(TraceEvent::shrinker))
                .containsExactly("c", "a", "b");
    }

    @Test
    void cgroupAwareShrinkersAreGivenTheRootWhateverTheBits() {
        kit.online("/shop");
        Scripted pages = Scripted.endless(10);
        kit.register(ShrinkerSpec.named("pages").byCgroup(), pages);
        assertThat(kit.state("/", 0).bits()).isEmpty();
        assertThat(kit.pass("/", 0, 0).freedObjects()).isEqualTo(20);
        assertThat(pages.calls).containsExactly("count / 0", "scan / 0 20");
    }

    @Test
    void emptyCountsNothingAndClearsNothing() {
        Scripted pages = new Scripted(control -> Shrinker.EMPTY, ShrinkControl::nrToScan);
        ShrinkerHandle handle = Bits.setIn(
                kit, "/shop", kit.register(ShrinkerSpec.named("pages").byCgroup(), pages));
        ReclaimReport report = kit.pass("/", 0, 0);
        assertThat(report.freedObjects()).isZero();
        assertThat(pages.calls).containsExactly("count / 0");
        assertThat(kit.state("/shop", 0).bits()).containsExactly(handle.id());
        kit.pass("/", 0, 0);
        assertThat(pages.calls).hasSize(2);
    }

    @Test
    void shrinkerThatIsBeingFreedIsNotCalled() {
        Gate gate = new Gate();
        ShrinkerHandle pages =
                kit.register(ShrinkerSpec.named("pages").byCgroup(), Scripted.stuckIn("/shop", 10, gate));
        HeldVisit visit = HeldVisit.begin(kit, pages, gate, "/shop");
        CompletionStage<?> freed = pages.free();
        assertThat(kit.pass("/", 0, 0).visits()).isZero();
        visit.end();
        kit.await(freed);
    }

    @Test
    void shrinkerThatIsOnlyAllocatedIsNotCalled() {
        Scripted pages = Scripted.endless(10);
        kit.allocate(ShrinkerSpec.named("pages"), pages);
        assertThat(kit.pass("/", 0, 0).visits()).isZero();
        assertThat(pages.calls).isEmpty();
    }
}
