package io.reclaimer.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import akka.pattern.StatusReply;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReclaimerCallTest {

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestProbe<Object> probe = kit.createTestProbe();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void answerIsPassedOnOnceAndTheCallEnds() {
        ActorRef<StatusReply<Done>> call = spawn(Duration.ofDays(1));
        call.tell(StatusReply.success(Done.getInstance()));
        call.tell(StatusReply.success(Done.getInstance()));
        probe.expectMessage(Done.getInstance());
        probe.expectTerminated(call);
        probe.expectNoMessage(Duration.ZERO);
    }

    @Test
    void refusalIsPassedOnAsItIs() {
        ReclaimerException why = new ReclaimerException(Reason.TOO_MANY_ROUNDS, "many");
        ActorRef<StatusReply<Done>> call = spawn(Duration.ofDays(1));
        call.tell(StatusReply.error(why));
        assertThat(probe.receiveMessage()).isSameAs(why);
        probe.expectTerminated(call);
    }

    /** So that its place on the member is free again. */
    @Test
    void reclaimerThatNeverAnswersIsGivenUp() {
        ActorRef<StatusReply<Done>> call = spawn(Duration.ofMillis(1));
        assertThat(probe.receiveMessage())
                .isInstanceOf(ReclaimerException.class)
                .extracting(why -> ((ReclaimerException) why).reason())
                .isEqualTo(Reason.FAILED);
        probe.expectTerminated(call);
    }

    @Test
    void callThatEndsWithoutAnAnswerGivesOne() {
        ActorRef<StatusReply<Done>> call = spawn(Duration.ofDays(1));
        kit.stop(call);
        assertThat(probe.receiveMessage())
                .isInstanceOf(ReclaimerException.class)
                .extracting(why -> ((ReclaimerException) why).reason())
                .isEqualTo(Reason.FAILED);
        probe.expectNoMessage(Duration.ZERO);
    }

    private ActorRef<StatusReply<Done>> spawn(Duration patience) {
        ActorRef<Object> to = probe.ref();
        return kit.spawn(
                ReclaimerCall.<Done>create(
                        patience, (report, why) -> to.tell(report != null ? report : requireNonNull(why))),
                DispatcherSelector.defaultDispatcher());
    }
}
