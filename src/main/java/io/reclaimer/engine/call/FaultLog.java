package io.reclaimer.engine.call;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;

/** The actor that logs held-back faults when the silence after the last log line is over. One per engine. */
public final class FaultLog {

    public sealed interface Command {}

    /** Faults of a shrinker were held back; sent with the first one since the last line. */
    record HeldBack(Faults faults) implements Command {}

    /** A shrinker is freed: its faults are not logged any more. */
    record Forget(Faults faults) implements Command {}

    /** To itself. */
    private record SilenceOver(Faults faults) implements Command {}

    private final TimerScheduler<Command> timers;

    public static Behavior<Command> create() {
        return Behaviors.withTimers(timers -> new FaultLog(timers).running());
    }

    private FaultLog(TimerScheduler<Command> timers) {
        this.timers = timers;
    }

    private Behavior<Command> running() {
        return Behaviors.receive(Command.class)
                .onMessage(HeldBack.class, this::onHeldBack)
                .onMessage(Forget.class, this::onForget)
                .onMessage(SilenceOver.class, this::onSilenceOver)
                .build();
    }

    private Behavior<Command> onHeldBack(HeldBack message) {
        SilenceOver later = new SilenceOver(message.faults());
        timers.startSingleTimer(later, later, Faults.SILENCE);
        return Behaviors.same();
    }

    private Behavior<Command> onForget(Forget message) {
        timers.cancel(new SilenceOver(message.faults()));
        return Behaviors.same();
    }

    private Behavior<Command> onSilenceOver(SilenceOver message) {
        message.faults().logHeldBack();
        return Behaviors.same();
    }
}
