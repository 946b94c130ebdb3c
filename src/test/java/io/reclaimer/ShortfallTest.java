package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A round that misses its target reports the causes, and reports that nothing is left only if that is true. */
class ShortfallTest {

    private static final ReclaimRequest MORE_THAN_THERE_IS =
            ReclaimRequest.everywhere().objects(1_000_000).startingAt(1).within(Duration.ofMinutes(1));

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create()
            .with("reclaimer { quarantine.after-faults = 1, call-deadline = 300ms, object-accounting = off }");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages");

    @Test
    void whereEverybodyGaveAllTheTargetIsOutOfReach() {
        KIT.register(spec, new Scripted(control -> 0, control -> Shrinker.STOP));
        ReclaimReport report = KIT.reclaim(MORE_THAN_THERE_IS);
        assertThat(report.shortfalls()).isEmpty();
        assertThat(report.isExhausted()).isTrue();
    }

    @Test
    void shrinkerThatSaysStopIsNotExhausted() {
        KIT.register(spec, new Scripted(control -> 100, control -> Shrinker.STOP));
        assertShort(Shortfall.STOPPED, 2);
    }

    @Test
    void faultAndThenQuarantine() {
        KIT.register(spec, new Scripted(control -> 100, control -> {
            throw new IllegalStateException("broken");
        }));
        ReclaimReport report = KIT.reclaim(MORE_THAN_THERE_IS);
        assertThat(report.shortfalls())
                .containsEntry(Shortfall.FAULT, 1L)
                .containsEntry(Shortfall.QUARANTINED, 1L)
                .hasSize(2);
        assertShort(Shortfall.QUARANTINED, 2);
    }

    @Test
    void shrinkerWhoseCallHasNotComeBack() {
        Gate gate = new Gate();
        ShrinkerHandle stuck = KIT.register(spec.blocking(), Scripted.stuck(100, gate));
        KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(stuck.state().stuckCalls()).isOne();
        assertShort(Shortfall.STUCK, 2);
        gate.open();
        Threads.until(() -> stuck.state().stuckCalls() == 0);
    }

    @Test
    void shrinkerThatMayBlockWhereTheCallerCannotWait() {
        KIT.register(spec.blocking(), Scripted.endless(100));
        ReclaimReport report = KIT.reclaim(MORE_THAN_THERE_IS.mayBlock(false));
        assertThat(report.shortfalls()).containsOnly(Map.entry(Shortfall.MAY_NOT_BLOCK, 2L));
        assertThat(report.skippedVisits()).isEqualTo(2);
    }

    @Test
    void shrinkerThatIsNotAccountedInACgroup() {
        Scripted pages = new Scripted(control -> control.cgroup().isRoot() ? 0 : 100, control -> 0);
        Bits.setIn(KIT, "/a", KIT.register(spec.byCgroup(), pages));
        assertShort(Shortfall.NOT_ACCOUNTED, 2);
    }

    @Test
    void countSaysWhatItDidNotCount() {
        KIT.register(spec, new Scripted(control -> -7, control -> Shrinker.STOP));
        assertThat(KIT.await(KIT.reclaimer().count(ReclaimRequest.everywhere())).shortfalls())
                .containsOnlyKeys(Shortfall.FAULT);
    }

    private void assertShort(Shortfall why, long visits) {
        ReclaimReport report = KIT.reclaim(MORE_THAN_THERE_IS);
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_MISSED);
        assertThat(report.shortfalls()).containsOnly(Map.entry(why, visits));
        assertThat(report.isExhausted()).isFalse();
    }
}
