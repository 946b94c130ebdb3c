package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With cgroups disabled every pass is the root's, and every shrinker is global. */
class CgroupsDisabledTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create()
            .with("reclaimer { cgroups-enabled = off, nodes = [a, b], object-accounting = off }");

    private final Scripted pages = Scripted.endless(100_000);

    @Test
    void cgroupAwareFlagIsDropped() {
        ShrinkerHandle handle =
                kit.register(ShrinkerSpec.named("pages").byCgroup().byNode(), pages);
        assertThat(handle.id()).isEqualTo(-1);
        assertThat(handle.spec()).isEqualTo(ShrinkerSpec.named("pages").byNode());
        assertThat(kit.state().nrMax()).isZero();
    }

    @Test
    void everyShrinkerIsCalledForTheRoot() {
        kit.register(ShrinkerSpec.named("pages").byCgroup().byNode(), pages);
        kit.reclaim(ReclaimRequest.everywhere());
        assertThat(pages.calls).containsExactlyInAnyOrder("count / 0", "count / 1");
        assertThat(kit.state().shrinkers().get(0).deferred()).containsExactly(48L, 48L);
    }

    @Test
    void thereAreNoCgroups() {
        assertThat(kit.refusal(kit.reclaimer().online("/")).reason()).isEqualTo(Reason.CGROUPS_DISABLED);
        assertThat(kit.refusal(kit.reclaimer().online("/shop")).reason()).isEqualTo(Reason.CGROUPS_DISABLED);
        assertThat(kit.refusal(kit.reclaimer().offline("/shop")).reason()).isEqualTo(Reason.NOT_ONLINE);
        assertThat(kit.reclaim(ReclaimRequest.in("/shop")).outcome()).isEqualTo(ReclaimReport.Outcome.NOT_ONLINE);
        assertThat(kit.state().cgroups()).isEmpty();
    }
}
