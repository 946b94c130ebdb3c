package io.reclaimer.console;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimReport.Outcome;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.ReclaimerException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives up direct buffers that stay free: one pass a second over the node that they are on, whatever the pressure, for a
 * surge that is over should not keep its memory. One pass at a time. Ends with its parent, or when the reclaimer does.
 */
final class BufferRounds extends AbstractBehavior<BufferRounds.Command> {

    sealed interface Command {}

    private enum Due implements Command {
        INSTANCE
    }

    private record Answered(
            @Nullable ReclaimReport report, @Nullable Throwable failure) implements Command {}

    static final Duration INTERVAL = Duration.ofSeconds(1);

    /**
     * A quarter of the free buffers of a cgroup counts, twice as seeks are 2: so from 256 on half of them go in each pass,
     * in full batches. Fewer are owed, and all go in the fifth pass, if they are free still; up to 3 stay.
     */
    static final int PRIORITY = 2;

    private final Function<ReclaimRequest, CompletionStage<ReclaimReport>> reclaim;
    private final int node;
    private boolean underWay;

    private BufferRounds(
            ActorContext<Command> context, Function<ReclaimRequest, CompletionStage<ReclaimReport>> reclaim, int node) {
        super(context);
        this.reclaim = reclaim;
        this.node = node;
    }

    /**
     * @param reclaim requests a round
     * @param node the number of the node that the buffers are on
     */
    static Behavior<Command> create(Function<ReclaimRequest, CompletionStage<ReclaimReport>> reclaim, int node) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Due.INSTANCE, Due.INSTANCE, INTERVAL);
            return new BufferRounds(context, reclaim, node);
        }));
    }

    static ReclaimRequest request(int node) {
        return ReclaimRequest.everywhere().onNodes(node).background().startingAt(PRIORITY);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Due.class, this::onDue)
                .onMessage(Answered.class, this::onAnswered)
                .build();
    }

    private Behavior<Command> onDue(Due message) {
        if (!underWay) {
            underWay = true;
            getContext().pipeToSelf(reclaim.apply(request(node)), Answered::new);
        }
        return this;
    }

    private Behavior<Command> onAnswered(Answered message) {
        underWay = false;
        if (isOver(message)) {
            return Behaviors.stopped();
        }
        if (message.failure() != null) {
            getContext()
                    .getLog()
                    .warn("Free buffers are not given up now; the next try is within a second", message.failure());
        }
        return this;
    }

    private static boolean isOver(Answered message) {
        if (message.report() != null) {
            return message.report().outcome() == Outcome.SHUTDOWN;
        }
        Throwable cause =
                message.failure() instanceof CompletionException wrapped ? wrapped.getCause() : message.failure();
        return cause instanceof ReclaimerException refusal
                && refusal.reason() == ReclaimerException.Reason.SHUTTING_DOWN;
    }
}
