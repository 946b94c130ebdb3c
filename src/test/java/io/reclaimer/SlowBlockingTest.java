package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Held;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A slow call of a blocking shrinker that is within its deadline gives its place to the call of another shrinker. */
class SlowBlockingTest {

    private static final int PLACES = 2;

    @RegisterExtension
    final ReclaimerExtension kit =
            ReclaimerExtension.create().with("reclaimer.blocking { calls = 2, calls-per-shrinker = 1 }");

    @Test
    void slowCallsThatHaveAllPlacesHoldUpNoOtherBlockingShrinker() {
        List<CompletionStage<ReclaimReport>> slow = new ArrayList<>();
        List<Gate> entered = new ArrayList<>();
        for (int i = 0; i < PLACES; i++) {
            Gate own = new Gate();
            entered.add(own);
            ShrinkerSpec spec =
                    ShrinkerSpec.named("slow" + i).byCgroup().blocking().callDeadline(Duration.ofHours(1));
            Cgroup cgroup = kit.online("/slow" + i);
            kit.register(spec, new Held(Held.Place.COUNT, cgroup.path(), own)).setBit(cgroup, 0);
            slow.add(kit.reclaimer()
                    .reclaim(ReclaimRequest.in(cgroup.path()).startingAt(0).within(Duration.ofHours(1))));
        }
        entered.forEach(Gate::awaitEntered);
        for (int i = 0; i < 2 * PLACES; i++) {
            Cgroup cgroup = kit.online("/quick" + i);
            ShrinkerSpec quick = ShrinkerSpec.named("quick" + i).byCgroup().blocking();
            kit.register(quick, Scripted.endless(10)).setBit(cgroup, 0);
            assertThat(kit.reclaim(ReclaimRequest.in(cgroup.path())
                                    .startingAt(0)
                                    .within(Duration.ofMinutes(1)))
                            .freedObjects())
                    .isPositive();
        }
        assertThat(kit.state().shrinkers()).allMatch(shrinker -> shrinker.faults() == 0);
        entered.forEach(Gate::open);
        slow.forEach(kit::await);
    }
}
