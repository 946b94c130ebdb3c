package io.reclaimer.interleavings;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final int MOST_TASKS = 1_000;

    private final Schedule schedule = Schedule.create("spec");
    private int counter;

    @AfterEach
    void end() {
        schedule.end();
    }

    /** A read and a write with a step between them: an update that another thread can make lost. */
    private void add() {
        Schedule.step("reading");
        int seen = counter;
        Schedule.step("writing");
        counter = seen + 1;
    }

    private int addTwice(Decisions decisions) {
        schedule.reset(() -> {}, MOST_TASKS);
        counter = 0;
        schedule.choose(decisions, false);
        schedule.execute(this::add);
        schedule.execute(this::add);
        schedule.run();
        return counter;
    }

    @Test
    void lostUpdateIsFoundAndFoundAgain() throws Exception {
        schedule.enter(() -> {
            assertThat(addTwice(Decisions.inOrder())).isEqualTo(2);
            Decisions failing = null;
            for (long seed = 0; failing == null; seed++) {
                Decisions decisions = Decisions.ofSeed(seed);
                failing = addTwice(decisions) == 1 ? decisions : null;
            }
            assertThat(addTwice(Decisions.replay(failing.taken()))).isEqualTo(1);
        });
        assertThat(counter).isEqualTo(1);
    }

    @Test
    void threadThatHoldsALockIsNotStopped() throws Exception {
        Set<Integer> outcomes = new HashSet<>();
        schedule.enter(() -> {
            for (long seed = 0; seed < 300; seed++) {
                schedule.reset(() -> {}, MOST_TASKS);
                counter = 0;
                schedule.choose(Decisions.ofSeed(seed), seed % 2 == 0);
                for (int i = 0; i < 3; i++) {
                    schedule.execute(() -> {
                        ScheduledThread.locked();
                        add();
                        ScheduledThread.unlocked();
                    });
                }
                schedule.run();
                outcomes.add(counter);
            }
        });
        assertThat(outcomes).containsExactly(3);
    }

    @Test
    void timersRunInTheOrderOfTheirTimeAndOnlyWhenChosen() throws Exception {
        List<Integer> rung = new ArrayList<>();
        schedule.enter(() -> {
            schedule.timers().add(Duration.ofSeconds(2).toNanos(), 0, () -> rung.add(2));
            schedule.timers().add(Duration.ofSeconds(1).toNanos(), 0, () -> rung.add(1));
            schedule.timers()
                    .add(Duration.ofSeconds(1).toNanos(), 0, () -> rung.add(9))
                    .cancel();
            schedule.run();
            rung.add(0);
            schedule.runNextTimer();
            schedule.runNextTimer();
        });
        assertThat(rung).containsExactly(0, 1, 2);
        assertThat(Duration.ofNanos(schedule.nanoTime())).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void othersRunWhileATaskSleepsAndItGoesOnWhenItsTimeIsOver() throws Exception {
        List<String> done = new ArrayList<>();
        schedule.enter(() -> {
            schedule.reset(() -> {}, MOST_TASKS);
            schedule.runElsewhere(true);
            schedule.execute(() -> {
                done.add("begins");
                Schedule.sleep(Duration.ofMillis(20), "a call");
                done.add("comes back");
            });
            schedule.execute(() -> done.add("other"));
            schedule.timers().add(Duration.ofMillis(10).toNanos(), 0, () -> done.add("timer"));
            schedule.run();
            done.add(schedule.hasSleepers() ? "sleeps" : "does not sleep");
            schedule.run(schedule::hasSleepers);
            done.add(schedule.hasSleepers() ? "sleeps" : "does not sleep");
        });
        assertThat(done).containsExactly("begins", "other", "sleeps", "timer", "comes back", "does not sleep");
        assertThat(Duration.ofNanos(schedule.nanoTime())).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void taskThatSleepsIsWokenBeforeItsTime() throws Exception {
        List<String> done = new ArrayList<>();
        schedule.enter(() -> {
            schedule.reset(() -> {}, MOST_TASKS);
            schedule.runElsewhere(true);
            schedule.execute(() -> {
                Schedule.sleep(Duration.ofHours(1), "a call");
                done.add("comes back");
            });
            schedule.run();
            done.add("woken");
            schedule.wakeAll();
            schedule.run();
        });
        assertThat(done).containsExactly("woken", "comes back");
        assertThat(schedule.nanoTime()).isZero();
    }

    @Test
    void runThatDoesNotEndIsAFailure() throws Exception {
        schedule.enter(() -> {
            schedule.reset(() -> {}, MOST_TASKS);
            schedule.execute(new Runnable() {
                @Override
                public void run() {
                    schedule.execute(this);
                }
            });
            schedule.run();
        });
        assertThat(schedule.failure()).contains("does not end");
        assertThat(schedule.isGivenUp()).isTrue();
    }

    @Test
    void checkRunsAfterEachStep() throws Exception {
        schedule.enter(() -> {
            schedule.reset(
                    () -> {
                        if (counter > 0) {
                            schedule.fail("more than nothing");
                        }
                    },
                    MOST_TASKS);
            schedule.execute(this::add);
            schedule.execute(this::add);
            schedule.run();
        });
        assertThat(schedule.failure()).isEqualTo("more than nothing");
    }

    /** Which of two senders is first is a decision; the messages of one sender stay in order. */
    @Test
    void deliveriesOfASystemAreDecisions() throws Exception {
        List<String> heard = new ArrayList<>();
        Behavior<String> listener = Behaviors.receiveMessage(message -> {
            heard.add(message);
            return Behaviors.same();
        });
        ActorSystem<String> system =
                ActorSystem.create(listener, "spec", schedule.config().withFallback(ConfigFactory.load()));
        Set<List<String>> orders = new HashSet<>();
        schedule.enter(() -> {
            schedule.run();
            for (long seed = 0; seed < 100; seed++) {
                schedule.reset(() -> {}, MOST_TASKS);
                heard.clear();
                schedule.choose(Decisions.ofSeed(seed), seed % 2 == 0);
                for (String sender : List.of("a", "b")) {
                    schedule.execute(() -> tellTwice(system, sender));
                }
                schedule.run();
                orders.add(List.copyOf(heard));
            }
        });
        system.terminate();
        assertThat(orders)
                .contains(
                        List.of("a1", "a2", "b1", "b2"),
                        List.of("b1", "b2", "a1", "a2"),
                        List.of("a1", "b1", "b2", "a2"))
                .allMatch(order ->
                        order.indexOf("a1") < order.indexOf("a2") && order.indexOf("b1") < order.indexOf("b2"));
    }

    private static void tellTwice(ActorRef<String> to, String sender) {
        to.tell(sender + "1");
        Schedule.step("telling again");
        to.tell(sender + "2");
    }
}
