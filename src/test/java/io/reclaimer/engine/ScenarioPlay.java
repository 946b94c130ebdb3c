package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import akka.dispatch.AbstractNodeQueue;
import akka.dispatch.Envelope;
import akka.dispatch.Mailbox;
import io.reclaimer.interleavings.Decisions;
import io.reclaimer.interleavings.Op;
import io.reclaimer.interleavings.Play;
import io.reclaimer.interleavings.Scenario;
import io.reclaimer.interleavings.Schedule;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Plays a scenario on an engine of its own.
 *
 * <ol>
 *   <li>The engine begins, and the setup is performed in order.
 *   <li>All users begin; from here on who goes on is a choice, and so are timers.
 *   <li>When nothing is left to do, what has to hold then is checked. A round on all has to ask everybody who has
 *       something, and all that is there is freed: what is requested is answered, without a timer's help.
 * </ol>
 */
public final class ScenarioPlay implements Play {

    /** Far more tasks than any scenario has; one with as many does not end. */
    private static final int MOST_TASKS = 20_000;

    /** More time than all rounds of a user may take, one after the other. */
    private static final Duration ROUNDS_TIME = Duration.ofSeconds(1);

    /** The time after which a stuck call is detected: a multiple of the time after which one is late. */
    private static final Duration STUCK_TIME = Duration.ofMillis(60);

    /** How many timers run until rounds have gone on without all late visitors. */
    private static final int STUCK_TIMERS = 100;

    /**
     * The number of timers that run at most until all requests are answered. It is not a limit in time: by a slow clock
     * one long visit takes more than a second, and the timers of stages that became due meanwhile still have to run.
     */
    private static final int SETTLE_TIMERS = 500;

    private static final class User implements Runnable {
        private final int number;
        private final ScenarioWorld world;
        private final Schedule schedule;
        private final Iterator<Op> ops;
        private final boolean patient;
        private Op op;

        User(int number, List<Op> ops, boolean patient, ScenarioWorld world, Schedule schedule) {
            this.number = number;
            this.patient = patient;
            this.world = world;
            this.schedule = schedule;
            this.ops = ops.iterator();
            next();
        }

        private void next() {
            if (ops.hasNext()) {
                op = ops.next();
                schedule.execute(this);
            }
        }

        @Override
        public void run() {
            if (patient) {
                world.perform(op, this::next);
            } else {
                world.perform(op);
                next();
            }
        }

        @Override
        public String toString() {
            return "user " + number + ": " + op;
        }
    }

    @Override
    public void play(
            Scenario scenario,
            Schedule schedule,
            Decisions decisions,
            ActorRef<Consumer<ActorContext<?>>> nursery,
            Consumer<String> trace) {
        DeferredBook book = new DeferredBook(scenario.traced());
        ScenarioWorld world = new ScenarioWorld(scenario, schedule, book);
        if (scenario.traced()) {
            world.engine.tracer().add(book);
        }
        Invariants invariants = new Invariants(world, book);
        schedule.reset(invariants::checkStep, MOST_TASKS);
        schedule.serveInPlace(scenario.servesInPlace());
        ActorRef<?>[] engine = new ActorRef<?>[1];
        nursery.tell(context -> engine[0] = context.spawnAnonymous(world.engine()));
        schedule.run();
        world.fill(scenario.fillers());
        schedule.run();
        if (trace != null) {
            schedule.trace(trace, task -> nameOf(task, world));
        }
        for (Op op : scenario.setup()) {
            world.perform(op);
            schedule.run();
        }
        schedule.runElsewhere(scenario.takesTime());
        world.makeTrouble();
        choose(scenario, schedule, decisions, world);
        if (scenario.takesTime()) {
            passTime(schedule, world, invariants);
        }
        world.calmDown();
        schedule.runElsewhere(false);
        invariants.checkQuiet();
        schedule.choose(Decisions.inOrder(), false);
        end(schedule, world, invariants);
        if (trace != null) {
            schedule.trace(ignored -> {}, task -> "");
        }
        nursery.tell(context -> context.stop(engine[0]));
        schedule.wakeAll();
        schedule.run();
    }

    private static void choose(Scenario scenario, Schedule schedule, Decisions decisions, ScenarioWorld world) {
        schedule.choose(decisions, scenario.byRank());
        schedule.allowTimers(scenario.timers());
        for (int i = 0; i < scenario.users().size(); i++) {
            List<Op> ops = scenario.users().get(i);
            if (!ops.isEmpty()) {
                new User(i + 1, ops, scenario.patient(), world, schedule);
            }
        }
        schedule.run();
        schedule.allowTimers(0);
    }

    /**
     * Lets time pass until all rounds have had theirs; who goes on is still a choice. Calls that are stuck then hold up
     * no round on the other caches. Some of the stuck caches are freed, which waits for their calls. At last all calls
     * come back.
     */
    private static void passTime(Schedule schedule, ScenarioWorld world, Invariants invariants) {
        passTime(schedule, schedule::hasSleepers, STUCK_TIME);
        passTime(schedule, () -> !world.openRounds().isEmpty(), ROUNDS_TIME);
        world.openRounds()
                .forEach(round -> world.expect(false, "[" + round + "] is not answered, and its time is over"));
        world.roundForMuch();
        world.roundForMuch();
        runTimers(schedule, () -> !world.openRounds().isEmpty(), STUCK_TIMERS);
        invariants.checkOthersGave();
        world.freeSomeThatAreStuck();
        world.calmDown();
        runTimers(schedule, () -> !world.isSettled(), SETTLE_TIMERS);
    }

    private static void passTime(Schedule schedule, BooleanSupplier wanted, Duration atMost) {
        long end = schedule.nanoTime() + atMost.toNanos();
        schedule.run(() -> schedule.nanoTime() < end && wanted.getAsBoolean());
    }

    /** Runs timers while they are wanted, up to a number. */
    private static void runTimers(Schedule schedule, BooleanSupplier wanted, int atMost) {
        int[] left = {atMost};
        schedule.run(() -> left[0]-- > 0 && wanted.getAsBoolean());
    }

    private static void end(Schedule schedule, ScenarioWorld world, Invariants invariants) {
        world.caches.forEach(cache -> cache.counted.clear());
        world.roundOnAll();
        schedule.run();
        invariants.checkAsked();
        invariants.checkQuiet();
        world.caches.forEach(world::free);
        schedule.run();
        invariants.checkQuiet();
    }

    private static String nameOf(Runnable task, ScenarioWorld world) {
        if (task instanceof Mailbox mailbox && mailbox.actor() != null) {
            String name = world.nameOf(mailbox.actor().self().path().toStringWithoutAddress());
            Object next = mailbox.messageQueue() instanceof AbstractNodeQueue<?> queue ? queue.peek() : null;
            Object message = next instanceof Envelope envelope ? envelope.message() : null;
            return name + ": "
                    + (message == null ? "of Akka" : message.getClass().getSimpleName());
        }
        if (task instanceof PassBatch.Sender) {
            return "sender of requests";
        }
        return task instanceof User ? task.toString() : "a task";
    }
}
