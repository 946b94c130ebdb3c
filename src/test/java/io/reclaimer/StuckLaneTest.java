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
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls that wait for a call that turns out to be stuck do not take a thread either. */
class StuckLaneTest {

    private static final int ROUNDS = 8;

    /** No visit becomes late, so each round waits for the end of the one before. */
    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("""
        reclaimer { call-deadline = 1s, late-after = 1h, offline-timeout = 1m }
        reclaimer.blocking { calls = 1, calls-per-shrinker = 8 }
        """);

    private final Gate gate = new Gate();
    private final AtomicInteger entered = new AtomicInteger();
    private final AtomicInteger reparented = new AtomicInteger();

    /** The calls of one pair are made one after the other. */
    @Test
    void visitsOfTheSamePairAreNotMade() {
        checkThatOneCallIsMade(Collections.nCopies(ROUNDS, "/a"));
    }

    /** They wait for the only place of a blocking call, which the stuck one gives up. */
    @Test
    void visitsOfOtherPairsAreNotMade() {
        checkThatOneCallIsMade(
                IntStream.range(0, ROUNDS).mapToObj(i -> "/a" + i).toList());
    }

    private void checkThatOneCallIsMade(List<String> cgroups) {
        ShrinkerHandle handle = Bits.setIn(KIT, cgroups, register());
        List<CompletionStage<ReclaimReport>> rounds =
                cgroups.stream().map(this::round).toList();
        List<ReclaimReport> reports = rounds.stream().map(KIT::await).toList();
        assertThat(reports)
                .extracting(ReclaimReport::outcome)
                .as("What is not made is an answer, too")
                .containsOnly(RoundOutcome.DONE);
        assertThat(reports)
                .filteredOn(report -> report.shortfalls().containsKey(Shortfall.FAULT))
                .hasSize(1);
        assertThat(reports)
                .filteredOn(report -> report.shortfalls().containsKey(Shortfall.STUCK))
                .hasSize(ROUNDS - 1);
        assertThat(entered).hasValue(1);
        assertThat(handle.state().faults()).as(handle.state().toString()).isOne();
        // A call that waited and whose deadline passes as it begins counts as stuck for a moment.
        Threads.until(() -> handle.state().stuckCalls() == 1, handle::state);
        gate.open();
        Threads.until(() -> handle.state().stuckCalls() == 0, handle::state);
    }

    /** A thread is taken for the reparent if one is free, because nobody would ask for these objects later. */
    @Test
    void reparentIsMadeWhileAnotherCallIsStuck() {
        ShrinkerHandle handle = Bits.setIn(KIT, List.of("/a", "/b"), register());
        CompletionStage<ReclaimReport> round = round("/a");
        Threads.until(() -> handle.state().stuckCalls() == 1, handle::state);
        KIT.offline("/b");
        assertThat(reparented).hasValue(1);
        KIT.await(round);
        assertThat(handle.state().faults()).as(handle.state().toString()).isOne();
        gate.open();
        Threads.until(() -> handle.state().stuckCalls() == 0, handle::state);
    }

    private ShrinkerHandle register() {
        Scripted stuck = new Scripted(
                control -> {
                    entered.incrementAndGet();
                    gate.pass();
                    return 0;
                },
                control -> Shrinker.STOP,
                reparented::incrementAndGet);
        return KIT.register(ShrinkerSpec.named("stuck").byCgroup().blocking(), stuck);
    }

    private CompletionStage<ReclaimReport> round(String cgroup) {
        return KIT.reclaimer().reclaim(ReclaimRequest.in(cgroup).startingAt(0).within(Duration.ofMinutes(1)));
    }
}
