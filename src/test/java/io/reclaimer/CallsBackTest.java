package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A shrinker of any kind may use the reclaimer from inside its calls, as long as it does not wait for the answer. */
class CallsBackTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create();

    /** The request that a call makes. Each request leaves a stage that is awaited afterwards. */
    private enum Deed {
        REGISTERS(test -> test.pending.add(
                KIT.reclaimer().register(ShrinkerSpec.named("new").byCgroup(), Scripted.endless(1)))),
        FREES_ITSELF(test -> test.free()),
        SETS_BITS(test -> {
            test.self.get().setBit(test.other, 0);
            test.self.get().setBit(test.cgroup, 0);
        }),
        REQUESTS_A_ROUND(test -> test.pending.add(KIT.reclaimer().reclaim(ReclaimRequest.in("/other")))),
        BRINGS_A_CGROUP_ONLINE(test -> test.pending.add(KIT.reclaimer().online("/" + test.pending.size() + "new"))),
        ASKS_FOR_THE_STATE(test -> test.pending.add(KIT.reclaimer().state())),
        REPORTS_REFAULTS(test -> test.self.get().recordRefaults(1));

        private final Consumer<CallsBackTest> act;

        Deed(Consumer<CallsBackTest> act) {
            this.act = act;
        }
    }

    private final Queue<CompletionStage<?>> pending = new ConcurrentLinkedQueue<>();
    private final AtomicReference<ShrinkerHandle> self = new AtomicReference<>();
    private Cgroup cgroup;
    private Cgroup other;

    static Stream<Arguments> deeds() {
        return Arrays.stream(Deed.values())
                .flatMap(deed -> Arrays.stream(Kind.values())
                        .flatMap(kind -> Stream.of(Arguments.of(deed, kind, true), Arguments.of(deed, kind, false))));
    }

    @ParameterizedTest
    @MethodSource("deeds")
    void callMayUseTheReclaimer(Deed deed, Kind kind, boolean fromCount) {
        cgroup = KIT.online("/self");
        other = KIT.online("/other");
        ShrinkerHandle handle = kind.register(
                KIT,
                ShrinkerSpec.named("self").byCgroup().byNode(),
                new Scripted(
                        control -> {
                            if (fromCount) {
                                deed.act.accept(this);
                            }
                            return 100;
                        },
                        control -> {
                            if (!fromCount) {
                                deed.act.accept(this);
                            }
                            return 100;
                        }));
        self.set(handle);
        handle.setBit(cgroup, 0);
        KIT.settle();
        ReclaimReport report = KIT.pass("/self", 0, 0);
        assertThat(report.outcome()).isEqualTo(RoundOutcome.DONE);
        // A shrinker that is being freed gets another call only if it is held for the whole visit.
        boolean isFreedBeforeTheScan = deed == Deed.FREES_ITSELF && fromCount && kind != Kind.PLAIN;
        assertThat(report.freedObjects()).isEqualTo(isFreedBeforeTheScan ? 0 : 100);
        pending.forEach(KIT::await);
        // The round that it requested may still make visits.
        Threads.until(() -> KIT.state().runningRounds() == 0
                && KIT.state().shrinkers().stream().allMatch(shrinker -> shrinker.holds() == 0));
        if (deed == Deed.FREES_ITSELF) {
            assertThat(KIT.state().shrinkers()).isEmpty();
        } else if (deed == Deed.SETS_BITS) {
            assertThat(KIT.state("/other", 0).bits()).containsExactly(handle.id());
            assertThat(KIT.state("/self", 0).bits()).containsExactly(handle.id());
        } else if (deed == Deed.REGISTERS) {
            assertThat(KIT.state().shrinkers()).hasSizeGreaterThan(1);
        }
        assertThat(KIT.state().shrinkers()).allMatch(shrinker -> shrinker.faults() == 0);
    }

    private void free() {
        ShrinkerHandle handle = self.get();
        if (!handle.isFreed()) {
            pending.add(handle.free());
        }
    }
}
