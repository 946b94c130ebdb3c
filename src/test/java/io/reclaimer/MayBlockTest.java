package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A request whose caller can't wait does not call shrinkers that may block. A background round calls them afterwards.
 */
class MayBlockTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create();

    private final ShrinkerSpec spec = ShrinkerSpec.named("slow").byCgroup().byNode();

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PLAIN")
    void shrinkersThatMayBlockAreLeftToABackgroundRound(Kind kind) {
        Gate gate = new Gate();
        Queue<Set<ReclaimFlag>> flags = new ConcurrentLinkedQueue<>();
        Cgroup a = KIT.online("/a");
        TableShrinker model = TableShrinker.full();
        model.put(a.path(), 0, 512);
        ShrinkerHandle slow = kind.register(
                KIT,
                spec,
                new Scripted(
                        control -> {
                            flags.add(control.flags());
                            gate.pass();
                            return model.count(control);
                        },
                        model::scan));
        Cache quick = Cache.registerIn(KIT, "/a", spec, 256);
        Bits.setIn(KIT, "/a", slow);

        ReclaimReport report = KIT.reclaim(
                ReclaimRequest.in("/a").withoutDescendants().startingAt(2).mayBlock(false));
        assertThat(report.freedObjects()).isEqualTo(128);
        assertThat(report.skippedVisits()).isOne();
        gate.awaitEntered();
        assertThat(KIT.state().runningRounds()).isOne();
        gate.open();
        awaitIdle();
        // One pass at the same priority, over the skipped shrinkers only: the quick one has been visited before.
        assertThat(model.objects()).isEqualTo(512 - 256);
        assertThat(quick.objects(a, 0)).isEqualTo(128);
        if (kind != Kind.ACTOR) {
            assertThat(flags).containsExactly(Set.of(ReclaimFlag.BACKGROUND));
        }
        assertThat(KIT.takeStarts())
                .extracting(TraceEvent.Start::flags)
                .containsExactly(Set.of(ReclaimFlag.MAY_NOT_BLOCK), Set.of(ReclaimFlag.BACKGROUND));
    }

    @Test
    void whatIsMissingOfTheTargetIsTheBackgroundRoundsTarget() {
        Cgroup a = KIT.online("/a");
        TableShrinker model = TableShrinker.full();
        model.put(a.path(), 0, 10_000);
        Bits.setIn(KIT, "/a", Kind.BLOCKING.register(KIT, spec.batch(10), model));
        Cache.registerIn(KIT, "/a", spec.batch(10), 100);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").objects(300).mayBlock(false));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_MISSED);
        assertThat(report.freedObjects()).isEqualTo(100);
        assertThat(report.skippedVisits()).isEqualTo(13);
        awaitIdle();
        assertThat(model.objects()).isBetween(10_000L - 200 - 9, 10_000L - 200);
    }

    @Test
    void nothingIsLeftWhereTheTargetIsMetWithoutThem() {
        Scripted blocking = Scripted.endless(100);
        Bits.setIn(KIT, "/a", Kind.BLOCKING.register(KIT, spec, blocking));
        Cache.registerIn(KIT, "/a", spec.batch(10), 1_000);
        ReclaimReport report =
                KIT.reclaim(ReclaimRequest.in("/a").startingAt(0).objects(10).mayBlock(false));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
        awaitIdle();
        assertThat(blocking.calls).isEmpty();
        assertThat(KIT.state("/a", 0).bits()).hasSize(2);
    }

    @Test
    void quarantinedOnesAreNotCountedAsLeft() {
        Scripted faulty = new Scripted(control -> -1, control -> 1);
        Bits.setIn(KIT, "/a", Kind.BLOCKING.register(KIT, spec, faulty));
        for (int i = 0; i < 5; i++) {
            KIT.pass("/a", 0, 0);
        }
        assertThat(KIT.reclaim(ReclaimRequest.in("/a").mayBlock(false)).skippedVisits())
                .isZero();
    }

    @Test
    void requestsThatLeaveWorkOneAfterTheOtherStartOneBackgroundRoundAtATime() {
        Gate gate = new Gate();
        Scripted counted = Scripted.stuckInCount(0, gate);
        Bits.setIn(KIT, "/a", Kind.BLOCKING.register(KIT, spec, counted));
        for (int i = 0; i < 10; i++) {
            KIT.reclaim(ReclaimRequest.in("/a").mayBlock(false));
        }
        gate.awaitEntered();
        assertThat(KIT.state().runningRounds()).isOne();
        gate.open();
        awaitIdle();
        // The one under way, and one for all requests in the meantime.
        assertThat(List.copyOf(counted.calls)).hasSize(2);
    }

    @Test
    void withNobodyLeftNoRoundFollows() {
        Cache.registerIn(KIT, "/a", spec, 10);
        assertThat(KIT.reclaim(ReclaimRequest.in("/a").mayBlock(false)).skippedVisits())
                .isZero();
        assertThat(KIT.state().runningRounds()).isZero();
    }

    @Test
    void losslessOnlyAsksThoseFromWhichNothingIsLost() {
        Cache.registerIn(KIT, "/a", spec.lossless(), 100);
        Cache lost = Cache.registerIn(KIT, "/a", spec, 100);
        assertThat(KIT.reclaim(ReclaimRequest.in("/a").startingAt(0).losslessOnly())
                        .freedObjects())
                .isEqualTo(100);
        assertThat(lost.table().objects()).isEqualTo(100);
        assertThat(KIT.state("/a", 0).bits()).contains(lost.handle().id());
    }

    @Test
    void bytesThatAreBackAtOnceAreToldApart() {
        Cache.registerIn(KIT, "/a", spec.freesAtOnce().objectBytes(100), 8);
        Cache.registerIn(KIT, "/a", spec.objectBytes(10), 8);
        ReclaimReport report = KIT.pass("/a", 0, 0);
        assertThat(report.freedBytes()).isEqualTo(880);
        assertThat(report.freedAtOnceBytes()).isEqualTo(800);
    }

    private void awaitIdle() {
        Threads.until(() -> KIT.state().runningRounds() == 0);
    }
}
