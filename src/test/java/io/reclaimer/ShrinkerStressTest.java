package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Shrinkers that come and go while rounds run. */
class ShrinkerStressTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create();

    private final AtomicLong callsAfterFree = new AtomicLong();
    private final AtomicLong calls = new AtomicLong();

    @Test
    void freedShrinkerIsNeverCalledAgain() throws Exception {
        Seeded seeded = Seeded.create();
        List<Cgroup> cgroups = List.of(KIT.online("/a"), KIT.online("/b"), KIT.online("/b/c"));
        Runnable[] owners = seeded.tasks(3, (number, random) -> {
            for (int j = 0; j < 150; j++) {
                liveAndDie(random, cgroups);
            }
        });
        ReclaimRequest everywhere = ReclaimRequest.everywhere().startingAt(0);
        Runnable twoRounds = () -> {
            CompletionStage<ReclaimReport> other = KIT.reclaimer().reclaim(everywhere);
            KIT.reclaim(everywhere);
            KIT.await(other);
        };
        Threads.runBeside(twoRounds, owners);
        assertThat(callsAfterFree).as(seeded.toString()).hasValue(0);
        assertThat(calls.get()).isPositive();
        assertThat(KIT.state().shrinkers()).isEmpty();
    }

    private void liveAndDie(Seeded random, List<Cgroup> cgroups) {
        AtomicBoolean freed = new AtomicBoolean();
        LongUnaryOperator noted = answer -> {
            calls.incrementAndGet();
            if (freed.get()) {
                callsAfterFree.incrementAndGet();
            }
            return answer;
        };
        Scripted shrinker =
                new Scripted(control -> noted.applyAsLong(10), control -> noted.applyAsLong(control.nrToScan() / 2));
        ShrinkerSpec spec = ShrinkerSpec.named("s");
        ShrinkerHandle handle = KIT.allocate(random.nextInt(4) == 0 ? spec : spec.byCgroup(), shrinker);
        if (random.nextInt(4) > 0) {
            KIT.await(handle.register());
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            handle.setBit(cgroups.get(random.nextInt(cgroups.size())), 0);
        }
        KIT.await(handle.free());
        freed.set(true);
    }

    /** Several threads free the same shrinker at once. Each is answered when it is freed. */
    @Test
    void freeingByManyAtOnceIsAnsweredToEach() throws Exception {
        for (int i = 0; i < 200; i++) {
            ShrinkerHandle handle = KIT.allocate(ShrinkerSpec.named("s").byCgroup(), Scripted.endless(1));
            Runnable owner = () -> {
                KIT.await(handle.free());
                assertThat(KIT.state().shrinkers()).isEmpty();
            };
            Threads.run(owner, owner, owner);
        }
    }

    @Test
    void registeringAndFreeingAtOnceIsAnsweredToBoth() throws Exception {
        for (int i = 0; i < 200; i++) {
            ShrinkerHandle handle = KIT.allocate(ShrinkerSpec.named("s"), Scripted.endless(1));
            Threads.run(
                    () -> {
                        try {
                            KIT.await(handle.register());
                        } catch (ReclaimerException e) {
                            assertThat(e.reason()).isEqualTo(Reason.ALREADY_FREED);
                        }
                    },
                    () -> KIT.await(handle.free()));
        }
        assertThat(KIT.state().shrinkers()).isEmpty();
        assertThat(KIT.pass("/", 0, 0).visits()).isZero();
    }
}
