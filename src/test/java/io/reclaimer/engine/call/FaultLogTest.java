package io.reclaimer.engine.call;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The log line about faults that were held back, by a clock that the test moves. */
class FaultLogTest {

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
    private final ManualTime time = ManualTime.get(kit.system());
    private final TestProbe<FaultLog.Command> received = kit.createTestProbe();
    private final ActorRef<FaultLog.Command> log =
            kit.spawn(Behaviors.monitor(FaultLog.Command.class, received.ref(), FaultLog.create()));
    private long now;

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void faultsHeldBackAreLoggedWhenTheSilenceIsOver() {
        faultsOfThree();
        received.expectMessageClass(FaultLog.HeldBack.class);
        // When this one has come, the one before has been handled.
        log.tell(new FaultLog.HeldBack(faults("others")));
        received.expectMessageClass(FaultLog.HeldBack.class);
        expectLines(1);
    }

    @Test
    void faultsOfAShrinkerThatIsFreedAreNotLoggedLater() {
        Faults faults = faultsOfThree();
        received.expectMessageClass(FaultLog.HeldBack.class);
        log.tell(new FaultLog.Forget(faults));
        log.tell(new FaultLog.HeldBack(faults("others")));
        received.expectMessageClass(FaultLog.Forget.class);
        received.expectMessageClass(FaultLog.HeldBack.class);
        expectLines(0);
    }

    /** Of the three faults one is logged at once, and two are held back. */
    private Faults faultsOfThree() {
        Faults faults = faults("pages");
        for (int i = 0; i < 3; i++) {
            faults.recordFault("its scan answered nonsense", "/a on node 0", null);
        }
        return faults;
    }

    /** Checks that so many lines are logged when the silence is over. */
    private void expectLines(int lines) {
        LoggingTestKit.warn("Shrinker [pages] at fault: 2 more faults")
                .withOccurrences(lines)
                .expect(kit.system(), () -> {
                    now += Faults.SILENCE.toNanos();
                    time.timePasses(Faults.SILENCE);
                    return null;
                });
    }

    private Faults faults(String shrinker) {
        AtomicReference<Faults> faults = new AtomicReference<>();
        faults.set(new Faults(
                shrinker, 5, Duration.ofSeconds(10), () -> now, () -> log.tell(new FaultLog.HeldBack(faults.get()))));
        return faults.get();
    }
}
