package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Scripted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With cgroups disabled every pass is the root's, and every shrinker is global. */
class CgroupsDisabledTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create()
            .with("reclaimer { cgroups-enabled = off, nodes = [a, b], object-accounting = off }");

    private final Scripted pages = Scripted.endless(100_000);

    @Test
    void cgroupAwareFlagIsDropped() {
        ShrinkerHandle handle =
                KIT.register(ShrinkerSpec.named("pages").byCgroup().byNode(), pages);
        assertThat(handle.id()).isEqualTo(-1);
        assertThat(handle.spec()).isEqualTo(ShrinkerSpec.named("pages").byNode());
        assertThat(KIT.state().nrMax()).isZero();
    }

    @Test
    void everyShrinkerIsCalledForTheRoot() {
        KIT.register(ShrinkerSpec.named("pages").byCgroup().byNode(), pages);
        KIT.reclaim(ReclaimRequest.everywhere());
        assertThat(pages.calls).containsExactlyInAnyOrder("count / 0", "count / 1");
        assertThat(KIT.state().shrinkers().get(0).deferred()).containsExactly(48L, 48L);
    }

    @Test
    void thereAreNoCgroups() {
        assertThat(KIT.refusal(KIT.reclaimer().online("/")).reason()).isEqualTo(Reason.CGROUPS_DISABLED);
        assertThat(KIT.refusal(KIT.reclaimer().online("/shop")).reason()).isEqualTo(Reason.CGROUPS_DISABLED);
        assertThat(KIT.refusal(KIT.reclaimer().offline("/shop")).reason()).isEqualTo(Reason.NOT_ONLINE);
        assertThat(KIT.reclaim(ReclaimRequest.in("/shop")).outcome()).isEqualTo(RoundOutcome.NOT_ONLINE);
        assertThat(KIT.state().cgroups()).isEmpty();
    }
}
