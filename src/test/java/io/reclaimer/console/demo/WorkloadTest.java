package io.reclaimer.console.demo;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The test controls when the loads end. */
class WorkloadTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ActorTestKit testKit = ActorTestKit.create();
    private final ActorRef<Workload.Command> workload = testKit.spawn(Workload.create());
    private final TestProbe<ToEnd> toEnd = testKit.createTestProbe();
    private final TestProbe<String> stopped = testKit.createTestProbe();
    private final TestProbe<Done> done = testKit.createTestProbe();

    /** A request to a load to end. */
    private record ToEnd(ActorRef<TenantLoad.Command> load, ActorRef<TenantLoad.Ended> replyTo) {
        void reply() {
            replyTo.tell(new TenantLoad.Ended(load));
        }
    }

    @AfterEach
    void shutDown() {
        testKit.shutdownTestKit();
    }

    @Test
    void stopIsAnsweredWhenTheLastLoadHasEnded() {
        start(Map.of("web", load(Behaviors.same()), "orm", load(Behaviors.same())), Map.of());
        stop();
        ToEnd first = toEnd.receiveMessage(PATIENCE);
        ToEnd second = toEnd.receiveMessage(PATIENCE);
        first.reply();
        first.reply();
        done.expectNoMessage();
        second.reply();
        done.receiveMessage(PATIENCE);
    }

    @Test
    void loadThatHasStoppedIsNotWaitedFor() {
        start(Map.of("web", load(Behaviors.stopped())), Map.of());
        stop();
        done.receiveMessage(PATIENCE);
    }

    @Test
    void withoutLoadsStopIsAnsweredAtOnce() {
        stop();
        done.receiveMessage(PATIENCE);
    }

    /** The reclaimer may still be asking it. */
    @Test
    void endedLoadIsThereUntilItsParentStops() {
        start(Map.of("web", load(Behaviors.same())), Map.of());
        stop();
        toEnd.receiveMessage(PATIENCE).reply();
        done.receiveMessage(PATIENCE);
        stopped.expectNoMessage();
        testKit.stop(workload, PATIENCE);
        assertThat(stopped.receiveMessage(PATIENCE)).isEqualTo("web");
    }

    @Test
    void roundsEndWithTheLoads() {
        start(Map.of(), Map.of("buffer-rounds", untilStopped(Behaviors.same())));
        stop();
        assertThat(stopped.receiveMessage(PATIENCE)).isEqualTo("buffer-rounds");
    }

    private void start(Map<String, Behavior<TenantLoad.Command>> loads, Map<String, Behavior<?>> rounds) {
        workload.tell(new Workload.Start(loads, rounds));
    }

    private void stop() {
        workload.tell(new Workload.Stop(done.ref()));
    }

    private Behavior<TenantLoad.Command> load(Behavior<TenantLoad.Command> next) {
        return Behaviors.setup(context -> Behaviors.receive(TenantLoad.Command.class)
                .onMessage(TenantLoad.End.class, end -> {
                    toEnd.ref().tell(new ToEnd(context.getSelf(), end.replyTo()));
                    return next;
                })
                .onSignal(PostStop.class, signal -> {
                    stopped.ref().tell(context.getSelf().path().name());
                    return Behaviors.same();
                })
                .build());
    }

    private <T> Behavior<T> untilStopped(Behavior<T> next) {
        return Behaviors.setup(context -> Behaviors.receiveSignal((own, signal) -> {
            if (signal instanceof PostStop) {
                stopped.ref().tell(context.getSelf().path().name());
            }
            return next;
        }));
    }
}
