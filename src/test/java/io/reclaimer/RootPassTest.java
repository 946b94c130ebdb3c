package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Scripted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Passes on the root (concepts.md 6). */
class RootPassTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create();

    @Test
    void shrinkersAreCalledInTheOrderRegistered() {
        ShrinkerHandle a = KIT.allocate(ShrinkerSpec.named("a"), Scripted.endless(10));
        ShrinkerHandle b = KIT.allocate(ShrinkerSpec.named("b").byCgroup(), Scripted.endless(10));
        ShrinkerHandle c = KIT.allocate(ShrinkerSpec.named("c"), Scripted.endless(10));
        Scripted notRegistered = Scripted.endless(10);
        KIT.allocate(ShrinkerSpec.named("d"), notRegistered);
        KIT.await(c.register());
        KIT.await(a.register());
        KIT.await(b.register());
        assertThat(KIT.pass("/", 0, 0).visits()).isEqualTo(3);
        assertThat(KIT.takeTrace().stream()
                        .filter(TraceEvent.Start.class::isInstance)
                        .map(TraceEvent::shrinker))
                .containsExactly("c", "a", "b");
        assertThat(notRegistered.calls).isEmpty();
    }

    @Test
    void cgroupAwareShrinkersAreGivenTheRootWhateverTheBits() {
        KIT.online("/shop");
        Scripted pages = Scripted.endless(10);
        KIT.register(ShrinkerSpec.named("pages").byCgroup(), pages);
        assertThat(KIT.state("/", 0).bits()).isEmpty();
        assertThat(KIT.pass("/", 0, 0).freedObjects()).isEqualTo(20);
        assertThat(pages.calls).containsExactly("count / 0", "scan / 0 20");
    }

    @Test
    void emptyCountsNothingAndClearsNothing() {
        Scripted pages = new Scripted(control -> Shrinker.EMPTY, ShrinkControl::nrToScan);
        ShrinkerHandle handle = Bits.setIn(
                KIT, "/shop", KIT.register(ShrinkerSpec.named("pages").byCgroup(), pages));
        ReclaimReport report = KIT.pass("/", 0, 0);
        assertThat(report.freedObjects()).isZero();
        assertThat(pages.calls).containsExactly("count / 0");
        assertThat(KIT.state("/shop", 0).bits()).containsExactly(handle.id());
        KIT.pass("/", 0, 0);
        assertThat(pages.calls).hasSize(2);
    }
}
