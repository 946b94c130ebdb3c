package io.reclaimer.scenario.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Time that goes by when it is told to. */
class VirtualTimeTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTime time = new VirtualTime();
    private final List<String> done = new ArrayList<>();

    @Test
    void nothingHappensByItself() {
        time.submit(() -> done.add("task"));
        time.after(Duration.ZERO, () -> done.add("timer"));
        assertThat(done).isEmpty();
        time.settle();
        assertThat(done).containsExactly("task");
        time.advanceTo(Duration.ZERO);
        assertThat(done).containsExactly("task", "timer");
        assertThat(time.elapsed()).isZero();
    }

    @Test
    void timersAreDoneInTheOrderOfTheirTimesAndThenInThatTheyCame() {
        time.after(SECOND.multipliedBy(2), () -> done.add("second"));
        time.after(SECOND, () -> done.add("first"));
        time.after(SECOND.multipliedBy(2), () -> done.add("third"));
        time.advanceTo(SECOND.multipliedBy(3));
        assertThat(done).containsExactly("first", "second", "third");
        assertThat(time.elapsed()).isEqualTo(SECOND.multipliedBy(3));
    }

    @Test
    void whatATimerCausesIsDoneBeforeTheNextOneAtItsTime() {
        time.after(
                SECOND,
                () -> time.submit(() -> done.add("caused at " + time.elapsed().toSeconds())));
        time.after(SECOND, () -> done.add("next"));
        time.after(
                SECOND.multipliedBy(2),
                () -> done.add("later at " + time.elapsed().toSeconds()));
        time.advanceTo(SECOND.multipliedBy(2));
        assertThat(done).containsExactly("caused at 1", "next", "later at 2");
    }

    @Test
    void cancelledTimerIsNotDone() {
        Cancellable timer = time.after(SECOND, () -> done.add("timer"));
        assertThat(timer.cancel()).isTrue();
        assertThat(timer.isCancelled()).isTrue();
        assertThat(timer.cancel()).isFalse();
        Cancellable run = time.after(SECOND, () -> done.add("run"));
        time.advanceTo(SECOND.multipliedBy(2));
        assertThat(run.cancel()).isFalse();
        assertThat(done).containsExactly("run");
    }

    @Test
    void timeStopsWhereWhatIsWaitedForIsReached() {
        time.after(SECOND, () -> done.add("reached"));
        time.after(SECOND.multipliedBy(5), () -> done.add("later"));
        assertThat(time.advanceUntil(() -> !done.isEmpty(), SECOND.multipliedBy(10)))
                .isTrue();
        assertThat(time.elapsed()).isEqualTo(SECOND);
        assertThat(time.advanceUntil(() -> false, SECOND.multipliedBy(2))).isFalse();
        assertThat(done).containsExactly("reached");
    }

    @Test
    void loopWithoutTimeIsFoundOut() {
        Runnable[] loop = new Runnable[1];
        loop[0] = () -> time.submit(loop[0]);
        time.submit(loop[0]);
        assertThatThrownBy(time::settle).hasMessageContaining("endless loop");
    }

    /** A real one: its actors and timers do nothing until time goes by, and then in an instant. */
    @Test
    void actorSystemRunsInIt() {
        try (VirtualSystem system = new VirtualSystem("virtual", time, ConfigFactory.empty(), List.of())) {
            ActorRef<String> actor = system.system()
                    .systemActorOf(
                            Behaviors.<String>withTimers(timers -> {
                                timers.startTimerWithFixedDelay("tick", Duration.ofMinutes(1));
                                return Behaviors.receiveMessage(message -> {
                                    done.add(message + " at " + time.elapsed().toMinutes());
                                    return Behaviors.same();
                                });
                            }),
                            "clock",
                            Props.empty());
            actor.tell("hello");
            assertThat(done).isEmpty();
            time.settle();
            assertThat(done).containsExactly("hello at 0");
            time.advanceTo(Duration.ofHours(1));
            assertThat(done).hasSize(61).last().isEqualTo("tick at 60");
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("virtual-akka"));
            assertThatThrownBy(() -> system.await(new CompletableFuture<>(), SECOND))
                    .hasMessageContaining("No answer within [1] s");
        }
    }
}
