package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.interleavings.Decisions;
import io.reclaimer.interleavings.Play;
import io.reclaimer.interleavings.Scenario;
import io.reclaimer.interleavings.Schedule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Plays a round that has some requests outstanding, and visitors that acknowledge them. As a pass does, the round goes
 * on when a few of them are acknowledged, and reuses those for its next requests. In the end it has to have all
 * acknowledgements, although no timer makes it look for them. Of the scenario only the strategy counts.
 */
public final class AcknowledgementPlay implements Play {

    /** Far more tasks than there are requests; a run with as many does not end. */
    private static final int MOST_TASKS = 1_000;

    private static final int REQUESTS = 10;
    private static final int WINDOW = 4;

    /** The number of acknowledgements after which the round is woken while it has more to ask. */
    private static final int WAKE_AFTER = 2;

    /** The actor of a round, with its acknowledgements. Confined to one thread at a time. */
    private static final class Round {
        private final Schedule schedule;
        private final Deque<PassRequest> spare = new ArrayDeque<>();
        private Acknowledgements acknowledgements;
        private int toSend = REQUESTS;
        private int outstanding;

        Round(Schedule schedule) {
            this.schedule = schedule;
        }

        Behavior<ReclaimRound.Command> behavior() {
            return Behaviors.setup(context -> {
                acknowledgements = new Acknowledgements(context.getSelf());
                for (int i = 0; i < WINDOW; i++) {
                    spare.push(new PassRequest(acknowledgements, null));
                }
                return Behaviors.receiveMessage(wake -> {
                    goOn();
                    return Behaviors.same();
                });
            });
        }

        private void goOn() {
            do {
                for (PassRequest request = acknowledgements.take(); request != null; request = request.before) {
                    outstanding--;
                    spare.push(request);
                }
                send();
            } while (outstanding > 0
                    && acknowledgements.await(toSend > 0 ? Math.min(outstanding, WAKE_AFTER) : outstanding));
        }

        private void send() {
            while (toSend > 0 && outstanding < WINDOW) {
                toSend--;
                outstanding++;
                schedule.execute(new Visitor(toSend, acknowledgements, spare.pop()));
            }
        }
    }

    /** A visitor that acknowledges one request. */
    private record Visitor(int number, Acknowledgements acknowledgements, PassRequest request) implements Runnable {
        @Override
        public void run() {
            acknowledgements.add(request);
        }

        @Override
        public String toString() {
            return "visitor " + number;
        }
    }

    @Override
    public void play(
            Scenario scenario,
            Schedule schedule,
            Decisions decisions,
            ActorRef<Consumer<ActorContext<?>>> nursery,
            Consumer<String> trace) {
        schedule.reset(() -> {}, MOST_TASKS);
        Round round = new Round(schedule);
        List<ActorRef<ReclaimRound.Command>> actor = new ArrayList<>();
        nursery.tell(context -> actor.add(context.spawnAnonymous(round.behavior())));
        schedule.run();
        if (trace != null) {
            schedule.trace(trace, task -> task instanceof Visitor ? task.toString() : "the round");
        }
        schedule.choose(decisions, scenario.byRank());
        actor.get(0).tell(ReclaimRound.Wake.INSTANCE);
        schedule.run();
        if (round.outstanding > 0) {
            schedule.fail("The round sleeps with [" + round.outstanding + "] requests outstanding, and [" + round.toSend
                    + "] to send");
        }
        schedule.choose(Decisions.inOrder(), false);
        if (trace != null) {
            schedule.trace(ignored -> {}, task -> "");
        }
        nursery.tell(context -> context.stop(actor.get(0)));
        schedule.run();
    }
}
