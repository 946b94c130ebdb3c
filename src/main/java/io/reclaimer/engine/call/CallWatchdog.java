package io.reclaimer.engine.call;

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
 * The actor that detects stuck calls to user code: shrinkers of every kind, and trace listeners. One per engine.
 *
 * <ul>
 *   <li>A call that holds a visiting thread for longer than {@code reclaimer.late-after} is slow. The thread is
 *       replaced ({@link VisitPool}), its {@link Caller} is told, and the shrinker is called on the threads for
 *       blocking shrinkers until it has been quick for a while ({@link ShrinkerEntry#isSlow}).
 *   <li>A call on a visiting thread that has not come back by its deadline is a fault, and its shrinker is not visited
 *       while the call lasts.
 *   <li>A slow call on a thread for blocking shrinkers gives its place to another one ({@link BlockingCalls}).
 *   <li>An awaited call that is not answered by its deadline is given up ({@link PendingCalls}).
 * </ul>
 *
 * <p>It checks at an interval while calls are under way, and pauses otherwise ({@link CallContext#wakeWatchdog}). A call
 * on a visiting thread is judged only when at least {@link #LEAST_CHECKS} checks have seen it, so that no shrinker is
 * blamed for a pause of the whole machine.
 */
public final class CallWatchdog extends AbstractBehavior<CallWatchdog.Command> {

    public enum Command {
        /** Calls are about to be made. */
        WATCH,
        /** To itself: it is time for a check. */
        CHECK
    }

    static final int LEAST_CHECKS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(CallWatchdog.class);

    private static final Duration LONGEST_INTERVAL = Duration.ofMillis(250);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(5);

    /** How many checks without a call it takes until the watchdog pauses. */
    private static final int IDLE_CHECKS = 20;

    private final CallContext engine;
    private final TimerScheduler<Command> timers;
    private final Duration interval;
    private final long lateNanos;
    private int idleChecks;

    public static Behavior<Command> create(CallContext engine) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new CallWatchdog(context, timers, engine)));
    }

    private CallWatchdog(ActorContext<Command> context, TimerScheduler<Command> timers, CallContext engine) {
        super(context);
        this.engine = engine;
        this.timers = timers;
        Duration lateAfter = engine.settings().calls().lateAfter();
        this.lateNanos = lateAfter.toNanos();
        this.interval = intervalFor(lateAfter);
        engine.setWatchdog(context.getSelf());
    }

    private static Duration intervalFor(Duration lateAfter) {
        Duration share = lateAfter.dividedBy(LEAST_CHECKS + 1);
        return share.compareTo(LONGEST_INTERVAL) > 0
                ? LONGEST_INTERVAL
                : share.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : share;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Command.WATCH, this::onWatch)
                .onMessageEquals(Command.CHECK, this::onCheck)
                .build();
    }

    private Behavior<Command> onWatch() {
        idleChecks = 0;
        if (!timers.isTimerActive(Command.CHECK)) {
            timers.startTimerWithFixedDelay(Command.CHECK, Command.CHECK, interval);
        }
        return this;
    }

    private Behavior<Command> onCheck() {
        long now = engine.nanoTime().getAsLong();
        boolean idle = true;
        for (VisitingThread thread : engine.visitingThreads().all()) {
            if (thread.thread().isAlive()) {
                idle &= check(thread, now);
            } else {
                withdrawVerdict(thread.observation);
                engine.visitingThreads().forget(thread);
            }
        }
        idle &= !engine.blockingCalls().passOverSlow(now - lateNanos);
        engine.pendingCalls().check(now);
        idle &= engine.pendingCalls().isEmpty();
        idleChecks = idle ? idleChecks + 1 : 0;
        if (idleChecks >= IDLE_CHECKS) {
            pause();
        }
        return this;
    }

    private void pause() {
        timers.cancel(Command.CHECK);
        // A thread first says that it works, and then reads whether it is watched. So one of the two sees the other.
        engine.watchdogPauses();
        if (!engine.pendingCalls().isEmpty()
                || engine.visitingThreads().all().stream().anyMatch(VisitingThread::isWorking)) {
            engine.wakeWatchdog();
        }
    }

    /** Checks one thread. True if it is in no call. */
    private boolean check(VisitingThread thread, long now) {
        ThreadObservation observed = thread.observation;
        long number = thread.number();
        if (number != observed.number) {
            withdrawVerdict(observed);
            observed.number = number;
            observed.sinceNanos = now;
            observed.times = 0;
            observed.slow = false;
        }
        if (number % 2 == 0) {
            return true;
        }
        observed.times++;
        if (observed.times >= LEAST_CHECKS) {
            VisitingThread.Call call = thread.call(number);
            if (call != null) {
                judge(thread, call, now - observed.sinceNanos);
            }
        }
        return false;
    }

    private void judge(VisitingThread thread, VisitingThread.Call call, long nanos) {
        ThreadObservation observed = thread.observation;
        ShrinkerEntry entry = engine.table().bySerial(call.serial());
        if (!observed.slow && nanos >= lateNanos) {
            observed.slow = true;
            judgeSlow(thread, call, entry);
        }
        Tracer.Subscription listener = call.listener();
        if (listener != null) {
            if (observed.stuckListener == null
                    && nanos >= engine.settings().calls().deadline().toNanos()) {
                judgeStuck(thread, listener);
            }
        } else if (entry != null
                && observed.stuckShrinker == null
                && nanos >= entry.callDeadline().toNanos()) {
            judgeStuck(thread, entry, call.caller());
        }
    }

    private void judgeSlow(VisitingThread thread, VisitingThread.Call call, @Nullable ShrinkerEntry entry) {
        ThreadObservation observed = thread.observation;
        Caller caller = call.caller();
        if (entry != null) {
            if (call.listener() == null) {
                entry.markSlow();
            }
            if (caller != null) {
                observed.visit = new StuckVisit(caller.visitIsStuck(entry));
                thread.isStuckIn(observed.visit);
            }
        }
        thread.judgeSlow(observed.number);
        VisitPool.replace(thread.thread());
        thread.handOnShared();
        if (caller != null) {
            caller.threadIsStuck(thread, observed.number);
        }
    }

    private void judgeStuck(VisitingThread thread, Tracer.Subscription listener) {
        thread.observation.stuckListener = listener;
        listener.setStuck(true);
        LOG.warn(
                "Trace listener [{}] has not come back within [{}] [reclaimer.call-deadline], and holds thread [{}]; it is told"
                        + " nothing until it does",
                listener,
                engine.settings().calls().deadline(),
                thread.thread().getName());
    }

    private static void judgeStuck(VisitingThread thread, ShrinkerEntry entry, @Nullable Caller caller) {
        thread.judgeOverdue(thread.observation.number);
        thread.observation.stuckShrinker = entry;
        entry.addStuckCalls(1);
        entry.faults()
                .recordFault(
                        "a call has not come back within [" + entry.callDeadline()
                                + "] [reclaimer.call-deadline], and holds thread ["
                                + thread.thread().getName() + "]; one that may wait has to say it is blocking",
                        caller == null ? "a visit" : caller.place(),
                        null);
    }

    /** Withdraws the verdict on a call that has come back, or whose thread has ended. */
    private static void withdrawVerdict(ThreadObservation observed) {
        if (observed.visit != null) {
            observed.visit.end();
            observed.visit = null;
        }
        if (observed.stuckShrinker != null) {
            observed.stuckShrinker.addStuckCalls(-1);
            observed.stuckShrinker = null;
        }
        if (observed.stuckListener != null) {
            observed.stuckListener.setStuck(false);
            observed.stuckListener = null;
        }
    }
}
