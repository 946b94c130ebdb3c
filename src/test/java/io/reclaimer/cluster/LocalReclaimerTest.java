package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.reclaimer.ReclaimerProtocol;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The question of an actor to the reclaimer; both are the test's. */
class LocalReclaimerTest {

    private record Result(@Nullable Done done, @Nullable Throwable why) {}

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestProbe<ReclaimerProtocol.Command> reclaimer = kit.createTestProbe();
    private final TestProbe<Result> results = kit.createTestProbe();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void answerIsPassedOnOnce() {
        ActorRef<StatusReply<Done>> replyTo = ask(Duration.ofDays(1));
        replyTo.tell(StatusReply.success(Done.getInstance()));
        replyTo.tell(StatusReply.success(Done.getInstance()));
        results.expectMessage(new Result(Done.getInstance(), null));
        results.expectNoMessage(Duration.ZERO);
    }

    @Test
    void refusalIsPassedOnAsItIs() {
        ReclaimerException why = new ReclaimerException(Reason.TOO_MANY_ROUNDS, "many");
        ask(Duration.ofDays(1)).tell(StatusReply.error(why));
        Result result = results.receiveMessage();
        assertThat(result.done()).isNull();
        assertThat(Reasons.cause(result.why())).isSameAs(why);
    }

    /** So that the slot of the part is released. */
    @Test
    void reclaimerThatNeverAnswersIsGivenUp() {
        ask(Duration.ofMillis(1));
        assertThat(results.receiveMessage().why())
                .isInstanceOf(ReclaimerException.class)
                .hasMessage("The reclaimer has not answered within [PT0.001S]")
                .extracting(why -> ((ReclaimerException) why).reason())
                .isEqualTo(Reason.FAILED);
    }

    /** Spawns an actor that asks once and passes on the result. Returns the recipient of the answer. */
    private ActorRef<StatusReply<Done>> ask(Duration patience) {
        kit.spawn(Behaviors.<Result>setup(context -> {
            LocalReclaimer.<Result, Done>ask(
                    context,
                    reclaimer.ref(),
                    Done.class,
                    replyTo -> new ReclaimerProtocol.Offline(CgroupPath.root(), replyTo),
                    patience,
                    Result::new);
            return Behaviors.receiveMessage(result -> {
                results.ref().tell(result);
                return Behaviors.same();
            });
        }));
        return ((ReclaimerProtocol.Offline) reclaimer.receiveMessage()).replyTo();
    }
}
