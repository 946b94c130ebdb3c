package io.reclaimer.engine;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Finds calls of plain shrinkers that do not come back; one a system.
 *
 * <p>Such a call runs inside its pair's actor, so nobody can answer in its place; its round ends by its own deadline. The
 * watch calls it a fault, keeps all other visits away from its shrinker while it lasts, and has its thread replaced
 * ({@link VisitPool}), so that the visits of others go on.
 *
 * <p>It looks only while rounds are under way or a call has yet to come back. A call is overdue when it was seen at
 * {@link #SEEN_TIMES} looks or more over its whole deadline, so that a machine that stood still accuses nobody.
 */
final class CallWatch extends AbstractBehavior<CallWatch.Command> {

    enum Command {
        /** A round begins. */
        WATCH,
        /** No round is under way. */
        REST,
        /** To itself. */
        LOOK
    }

    static final int SEEN_TIMES = 3;

    private static final Duration LONGEST_INTERVAL = Duration.ofMillis(250);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(10);

    private final Published published;
    private final TimerScheduler<Command> timers;
    private final Duration interval;
    private boolean watching;
    private boolean mayRest = true;

    static Behavior<Command> create(Published published) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new CallWatch(context, timers, published)));
    }

    private CallWatch(ActorContext<Command> context, TimerScheduler<Command> timers, Published published) {
        super(context);
        this.published = published;
        this.timers = timers;
        this.interval = intervalFor(published.settings().callDeadline());
    }

    private static Duration intervalFor(Duration deadline) {
        Duration share = deadline.dividedBy(SEEN_TIMES + 1);
        return share.compareTo(LONGEST_INTERVAL) > 0
                ? LONGEST_INTERVAL
                : share.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : share;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Command.WATCH, this::onWatch)
                .onMessageEquals(Command.REST, this::onRest)
                .onMessageEquals(Command.LOOK, this::onLook)
                .build();
    }

    private Behavior<Command> onWatch() {
        mayRest = false;
        if (!watching) {
            watching = true;
            timers.startTimerWithFixedDelay(Command.LOOK, Command.LOOK, interval);
        }
        return this;
    }

    private Behavior<Command> onRest() {
        mayRest = true;
        return this;
    }

    private Behavior<Command> onLook() {
        boolean idle = true;
        for (CallMark mark : published.callMarks().all()) {
            if (mark.thread().isAlive()) {
                idle &= look(mark);
            } else {
                release(mark);
                published.callMarks().forget(mark);
            }
        }
        if (idle && mayRest) {
            watching = false;
            timers.cancel(Command.LOOK);
        }
        return this;
    }

    /** Looks at one thread. True where it is in no call. */
    private boolean look(CallMark mark) {
        long number = mark.number();
        long now = published.nanoTime().getAsLong();
        if (number != mark.seenNumber) {
            mark.seenNumber = number;
            mark.seenSinceNanos = now;
            mark.seenTimes = 0;
            release(mark);
        }
        if (number % 2 == 0) {
            return true;
        }
        mark.seenTimes++;
        ShrinkerEntry entry = mark.stuck == null ? published.table().bySerial(mark.calledIn(number)) : null;
        if (entry != null
                && mark.seenTimes >= SEEN_TIMES
                && now - mark.seenSinceNanos >= entry.callDeadline().toNanos()) {
            judge(mark, number, entry);
        }
        return false;
    }

    private static void judge(CallMark mark, long number, ShrinkerEntry entry) {
        mark.judge(number);
        mark.stuck = entry;
        entry.stuck(1);
        entry.faults()
                .fault(
                        "a call has not come back within [" + entry.callDeadline() + "] [reclaimer.call-deadline], and"
                                + " holds thread [" + mark.thread().getName() + "]; one that may wait has to say it is"
                                + " blocking",
                        "a visit",
                        null);
        VisitPool.replace(mark.thread());
    }

    private static void release(CallMark mark) {
        @Nullable ShrinkerEntry was = mark.stuck;
        if (was != null) {
            mark.stuck = null;
            was.stuck(-1);
        }
    }
}
