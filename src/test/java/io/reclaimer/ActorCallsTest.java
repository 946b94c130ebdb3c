package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ScanObjects;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An actor shrinker with a thousand calls under way: each ends once, none is lost, and none is held after its deadline. */
class ActorCallsTest {

    private static final int PAIRS = 1_000;

    @RegisterExtension
    final ReclaimerExtension kit =
            ReclaimerExtension.create().expectActor("$*").with("reclaimer.quarantine.after-faults = 1000000");

    private final ShrinkerSpec spec = ShrinkerSpec.named("sessions").byCgroup();
    private final Queue<CountObjects> counts = new ConcurrentLinkedQueue<>();
    private final AtomicLong freed = new AtomicLong();

    @Test
    void everyAnswerOfThousandCallsReachesItsVisitInWhateverOrderTheyCome() {
        ShrinkerHandle handle = registerWithPairs(spec.reentrant().callDeadline(Duration.ofHours(1)));
        CompletionStage<ReclaimReport> round = round(Duration.ofMinutes(10));
        // The calls of the pairs, and the one of the root.
        awaitCounts(PAIRS + 1);
        List<CountObjects> shuffled = new ArrayList<>(counts);
        Collections.shuffle(shuffled, new Random(1));
        shuffled.forEach(count -> count.reply(10));
        assertThat(kit.await(round).freedObjects()).isEqualTo(freed.get()).isGreaterThanOrEqualTo(10L * PAIRS);
        awaitNothingHeld(handle);
        assertThat(handle.state().faults()).isZero();
        assertThat(handle.state().lateReplies()).isZero();
    }

    @Test
    void callsThatAreNotAnsweredEndAtTheirDeadlineAndLateAnswersChangeNothing() {
        ShrinkerHandle handle = registerWithPairs(spec.reentrant().callDeadline(Duration.ofSeconds(2)));
        CompletionStage<ReclaimReport> round = round(Duration.ofMinutes(10));
        assertThat(kit.await(round).freedObjects()).isZero();
        awaitNothingHeld(handle);
        int sent = counts.size();
        assertThat(sent).isGreaterThanOrEqualTo(PAIRS);
        Threads.until(() -> handle.state().stuckCalls() == 1, handle::state);
        assertThat(handle.state().faults()).isZero();
        counts.forEach(count -> count.reply(10));
        Threads.until(() -> handle.state().lateReplies() == sent, handle::state);
        Threads.until(() -> handle.state().stuckCalls() == 0, handle::state);
        assertThat(handle.state().faults()).isZero();
        assertThat(freed).hasValue(0);
    }

    @Test
    void callsOfAnActorThatDiesEndAndItsShrinkerIsFreed() {
        ActorRef<ShrinkerMessage> actor = spawn();
        ShrinkerHandle handle = register(spec.reentrant().callDeadline(Duration.ofHours(1)), actor);
        CompletionStage<ReclaimReport> round = round(Duration.ofMinutes(10));
        awaitCounts(PAIRS);
        kit.testKit().stop(actor);
        assertThat(kit.await(round).freedObjects()).isZero();
        kit.await(handle.free());
        Threads.until(() -> kit.state().shrinkers().isEmpty());
    }

    /** The actor handles one message for ever. The other calls wait in the adapter and not in its mailbox. */
    @Test
    void callsThatWaitForABusyActorEndWithTheirRound() {
        ShrinkerHandle handle = registerWithPairs(spec.callDeadline(Duration.ofSeconds(2)));
        CompletionStage<ReclaimReport> round = round(Duration.ofSeconds(1));
        assertThat(kit.await(round).outcome()).isEqualTo(RoundOutcome.DEADLINE);
        awaitNothingHeld(handle);
        // It was sent only the calls that it did not answer in time, one after the other.
        assertThat(counts.size()).isBetween(1, 10);
        Threads.until(() -> kit.state().runningRounds() == 0);
    }

    private ShrinkerHandle registerWithPairs(ShrinkerSpec with) {
        return register(with, spawn());
    }

    private ShrinkerHandle register(ShrinkerSpec with, ActorRef<ShrinkerMessage> actor) {
        List<String> cgroups = IntStream.range(0, PAIRS).mapToObj(i -> "/c" + i).toList();
        return Bits.setIn(kit, cgroups, kit.register(with, actor));
    }

    private ActorRef<ShrinkerMessage> spawn() {
        return kit.testKit()
                .spawn(Behaviors.receive(ShrinkerMessage.class)
                        .onMessage(CountObjects.class, count -> {
                            counts.add(count);
                            return Behaviors.same();
                        })
                        .onMessage(ScanObjects.class, scan -> {
                            freed.addAndGet(scan.nrToScan());
                            scan.reply(scan.nrToScan());
                            return Behaviors.same();
                        })
                        .build());
    }

    private CompletionStage<ReclaimReport> round(Duration within) {
        return kit.reclaimer().reclaim(ReclaimRequest.everywhere().startingAt(0).within(within));
    }

    private void awaitCounts(int number) {
        Threads.until(() -> counts.size() >= number, counts::size);
    }

    private static void awaitNothingHeld(ShrinkerHandle handle) {
        Threads.until(() -> handle.state().holds() == 0, handle::state);
    }
}
