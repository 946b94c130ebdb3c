package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Held;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The state can be requested at any time, also during registrations and while cgroups go offline, and is consistent.
 */
class StateUnderLoadTest {

    private static final int STEPS = 150;

    @RegisterExtension
    static final SharedReclaimer KIT =
            SharedReclaimer.create().with("reclaimer { call-deadline = 200ms, offline-timeout = 1m }");

    @Test
    void stateBesideDeparturesAndRegistrationsKeepsTheSumOfDeferredCounts() throws Exception {
        ShrinkerSpec spec = ShrinkerSpec.named("owes").byCgroup();
        ShrinkerHandle owes = KIT.register(spec, new Scripted(control -> 100, control -> Shrinker.STOP));
        KIT.online("/p");
        for (int i = 0; i < 20; i++) {
            owes.setBit(KIT.online("/p/c" + i), 0);
        }
        KIT.reclaim(ReclaimRequest.in("/p").startingAt(0));
        long expected = owedIn(KIT.state(), owes);
        assertThat(expected).isPositive();
        AtomicBoolean over = new AtomicBoolean();
        Threads.run(
                () -> {
                    for (int i = 0; i < 20; i++) {
                        KIT.offline("/p/c" + i);
                    }
                    for (int i = 0; i < STEPS; i++) {
                        KIT.online("/p/new");
                        KIT.offline("/p/new");
                    }
                    over.set(true);
                },
                () -> {
                    while (!over.get()) {
                        ShrinkerHandle passing =
                                KIT.register(ShrinkerSpec.named("passing").byCgroup(), Scripted.endless(1));
                        KIT.await(passing.free());
                    }
                },
                () -> assertConsistent(over, owes, expected),
                () -> assertConsistent(over, owes, expected));
    }

    @Test
    void stateDoesNotWaitForDeparturesThatAreHeldHoweverMany() {
        List<Gate> gates = new ArrayList<>();
        List<CompletionStage<?>> offlines = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Cgroup cgroup = KIT.online("/held" + i);
            Gate gate = new Gate();
            gates.add(gate);
            KIT.register(ShrinkerSpec.named("held" + i).byCgroup(), new Held(Held.Place.REPARENT, cgroup.path(), gate));
            offlines.add(KIT.reclaimer().offline(cgroup.path()));
            gate.awaitEntered();
        }
        List<CompletionStage<ReclaimerState>> states = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            states.add(KIT.reclaimer().state());
        }
        for (CompletionStage<ReclaimerState> state : states) {
            assertThat(KIT.await(state).shrinkers()).hasSize(8);
            assertThat(KIT.await(state).cgroups())
                    .extracting(cgroup -> cgroup.cgroup().toString())
                    .containsExactly("/");
        }
        gates.forEach(Gate::open);
        offlines.forEach(KIT::await);
    }

    private void assertConsistent(AtomicBoolean over, ShrinkerHandle owes, long expected) {
        while (!over.get()) {
            ReclaimerState state = KIT.state();
            assertThat(owedIn(state, owes)).isEqualTo(expected);
            assertThat(state.shrinkers()).hasSizeBetween(1, 2);
            assertThat(state.cgroups())
                    .extracting(ReclaimerState.CgroupState::cgroup)
                    .doesNotHaveDuplicates();
        }
    }

    private static long owedIn(ReclaimerState state, ShrinkerHandle shrinker) {
        return state.cgroups().stream()
                .mapToLong(cgroup -> cgroup.deferred().getOrDefault(shrinker.id(), 0L))
                .sum();
    }
}
