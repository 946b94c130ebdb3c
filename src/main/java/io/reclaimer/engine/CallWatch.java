package io.reclaimer.engine;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches all calls to user code: shrinkers of every kind, and trace listeners; one an engine.
 *
 * <ul>
 *   <li>A call that holds a visiting thread for longer than {@code reclaimer.late-after} is slow: the thread is replaced
 *       ({@link VisitPool}), the pair gets a new visitor ({@link CgroupTree}), and until its shrinker was quick for a while
 *       it is called on the threads for blocking shrinkers ({@link ShrinkerEntry#isSlow}).
 *   <li>One that has not come back by its deadline is a fault, and its shrinker is left alone while it lasts.
 *   <li>A call on a thread for blocking shrinkers that is slow gives its place to another one ({@link BlockingCalls}).
 *   <li>One that is awaited and not answered by its deadline is given up ({@link PendingCalls}).
 * </ul>
 *
 * <p>It looks while calls are under way, from the moment that somebody says so ({@link Published#callsBegin}). A call on a visiting
 * thread is judged only when it was seen at {@link #SEEN_TIMES} looks or more, so that a machine that stood still accuses
 * nobody.
 */
final class CallWatch extends AbstractBehavior<CallWatch.Command> {

    enum Command {
        /** Calls are about to be made. */
        WATCH,
        /** To itself. */
        LOOK
    }

    static final int SEEN_TIMES = 3;

    private static final Logger LOG = LoggerFactory.getLogger(CallWatch.class);

    private static final Duration LONGEST_INTERVAL = Duration.ofMillis(250);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(5);

    /** How many looks without a call it takes until the watch rests. */
    private static final int IDLE_LOOKS = 20;

    private final Published published;
    private final TimerScheduler<Command> timers;
    private final Duration interval;
    private final long lateNanos;
    private int idleLooks;

    static Behavior<Command> create(Published published) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new CallWatch(context, timers, published)));
    }

    private CallWatch(ActorContext<Command> context, TimerScheduler<Command> timers, Published published) {
        super(context);
        this.published = published;
        this.timers = timers;
        Duration lateAfter = published.settings().lateAfter();
        this.lateNanos = lateAfter.toNanos();
        this.interval = intervalFor(lateAfter);
        published.watchedBy(context.getSelf());
    }

    private static Duration intervalFor(Duration lateAfter) {
        Duration share = lateAfter.dividedBy(SEEN_TIMES + 1);
        return share.compareTo(LONGEST_INTERVAL) > 0
                ? LONGEST_INTERVAL
                : share.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : share;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Command.WATCH, this::onWatch)
                .onMessageEquals(Command.LOOK, this::onLook)
                .build();
    }

    private Behavior<Command> onWatch() {
        idleLooks = 0;
        if (!timers.isTimerActive(Command.LOOK)) {
            timers.startTimerWithFixedDelay(Command.LOOK, Command.LOOK, interval);
        }
        return this;
    }

    private Behavior<Command> onLook() {
        long now = published.nanoTime().getAsLong();
        boolean idle = true;
        for (CallMark mark : published.callMarks().all()) {
            if (mark.thread().isAlive()) {
                idle &= look(mark, now);
            } else {
                forgive(mark.seen);
                published.callMarks().forget(mark);
            }
        }
        idle &= !published.blockingCalls().passOverSlow(now - lateNanos);
        published.pendingCalls().look(now);
        idle &= published.pendingCalls().isEmpty();
        idleLooks = idle ? idleLooks + 1 : 0;
        if (idleLooks >= IDLE_LOOKS) {
            rest();
        }
        return this;
    }

    private void rest() {
        timers.cancel(Command.LOOK);
        // A thread says that it works, and then looks whether it is watched; so one of the two sees the other.
        published.watchRests();
        if (!published.pendingCalls().isEmpty()
                || published.callMarks().all().stream().anyMatch(CallMark::isWorking)) {
            published.callsBegin();
        }
    }

    /** Looks at one thread. True where it is in no call. */
    private boolean look(CallMark mark, long now) {
        CallSeen seen = mark.seen;
        long number = mark.number();
        if (number != seen.number) {
            forgive(seen);
            seen.number = number;
            seen.sinceNanos = now;
            seen.times = 0;
            seen.slow = false;
        }
        if (number % 2 == 0) {
            return true;
        }
        seen.times++;
        if (seen.times >= SEEN_TIMES) {
            CallMark.Inside inside = mark.inside(number);
            if (inside != null) {
                judge(mark, inside, now - seen.sinceNanos);
            }
        }
        return false;
    }

    private void judge(CallMark mark, CallMark.Inside inside, long nanos) {
        CallSeen seen = mark.seen;
        ShrinkerEntry entry = published.table().bySerial(inside.serial());
        if (!seen.slow && nanos >= lateNanos) {
            seen.slow = true;
            judgeSlow(mark, inside, entry);
        }
        Tracer.Listening listener = inside.listener();
        if (listener != null) {
            if (seen.stuckListener == null
                    && nanos >= published.settings().callDeadline().toNanos()) {
                seen.stuckListener = listener;
                listener.stuck(true);
                LOG.warn(
                        "Trace listener [{}] has not come back within [{}] [reclaimer.call-deadline], and holds thread [{}];"
                                + " it is told nothing until it does",
                        listener,
                        published.settings().callDeadline(),
                        mark.thread().getName());
            }
        } else if (entry != null
                && seen.stuck == null
                && nanos >= entry.callDeadline().toNanos()) {
            mark.judgeOverdue(seen.number);
            seen.stuck = entry;
            entry.stuck(1);
            entry.faults()
                    .fault(
                            "a call has not come back within [" + entry.callDeadline()
                                    + "] [reclaimer.call-deadline], and holds thread ["
                                    + mark.thread().getName() + "]; one that may wait has to say it is blocking",
                            inside.visitor() == null
                                    ? "a visit"
                                    : inside.visitor().pair.toString(),
                            null);
        }
    }

    private void judgeSlow(CallMark mark, CallMark.Inside inside, @Nullable ShrinkerEntry entry) {
        CallSeen seen = mark.seen;
        Visitor visitor = inside.visitor();
        if (entry != null) {
            if (inside.listener() == null) {
                entry.wasSlow();
            }
            if (visitor != null) {
                seen.visit = StuckVisit.begin(visitor.pair, entry);
                mark.stuckIn(seen.visit);
            }
        }
        mark.judgeSlow(seen.number);
        VisitPool.replace(mark.thread());
        if (visitor != null) {
            published.tree().tell(new CgroupTree.VisitorStuck(visitor, mark, seen.number));
        }
    }

    /** The call has come back, or its thread is gone. */
    private static void forgive(CallSeen seen) {
        if (seen.visit != null) {
            seen.visit.end();
            seen.visit = null;
        }
        if (seen.stuck != null) {
            seen.stuck.stuck(-1);
            seen.stuck = null;
        }
        if (seen.stuckListener != null) {
            seen.stuckListener.stuck(false);
            seen.stuckListener = null;
        }
    }
}
