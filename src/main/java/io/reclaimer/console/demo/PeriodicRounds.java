package io.reclaimer.console.demo;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.reclaimer.shrinker.ReclaimerException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests a round every second, one at a time. A failed round is logged, and the next one is tried. Stops with its
 * parent, or when the reclaimer shuts down.
 */
public final class PeriodicRounds extends AbstractBehavior<PeriodicRounds.Command> {

    public sealed interface Command {}

    private enum Due implements Command {
        INSTANCE
    }

    private record RoundEnded(
            String name,
            @Nullable Boolean shutDown,
            @Nullable Throwable failure) implements Command {}

    /**
     * A round under way.
     *
     * @param name for the log
     * @param shutDown completes with the round: whether the reclaimer is shutting down
     */
    record Round(String name, CompletionStage<Boolean> shutDown) {}

    static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Supplier<Optional<Round>> request;
    private boolean underWay;

    private PeriodicRounds(ActorContext<Command> context, Supplier<Optional<Round>> request) {
        super(context);
        this.request = request;
    }

    /** @param request requests a round, or returns empty if none is needed now; called by the actor */
    static Behavior<Command> create(Supplier<Optional<Round>> request) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Due.INSTANCE, Due.INSTANCE, INTERVAL);
            return new PeriodicRounds(context, request);
        }));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Due.class, this::onDue)
                .onMessage(RoundEnded.class, this::onRoundEnded)
                .build();
    }

    private Behavior<Command> onDue(Due message) {
        if (!underWay) {
            request.get().ifPresent(round -> {
                underWay = true;
                getContext()
                        .pipeToSelf(
                                round.shutDown(),
                                (shutDown, failure) -> new RoundEnded(round.name(), shutDown, failure));
            });
        }
        return this;
    }

    private Behavior<Command> onRoundEnded(RoundEnded message) {
        underWay = false;
        Throwable failure = message.failure() instanceof CompletionException wrapper && wrapper.getCause() != null
                ? wrapper.getCause()
                : message.failure();
        if (Boolean.TRUE.equals(message.shutDown()) || isShutdown(failure)) {
            return Behaviors.stopped();
        }
        if (failure != null) {
            getContext()
                    .getLog()
                    .warn("Round [{}] failed; the next one is tried in {}", message.name(), INTERVAL, failure);
        }
        return this;
    }

    private static boolean isShutdown(@Nullable Throwable failure) {
        return failure instanceof ReclaimerException refusal
                && refusal.reason() == ReclaimerException.Reason.SHUTTING_DOWN;
    }
}
