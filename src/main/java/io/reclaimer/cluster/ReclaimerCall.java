package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimerProtocol;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request to this member's reclaimer, sent as a message: a child of the actor that asks, which lives until the answer. So no
 * thread of the answer dispatcher, which an application may block, is needed for a round of another member.
 *
 * <p>An answer always comes: where the reclaimer gives none, which takes a fault in it, after {@link #PATIENCE} beyond the
 * request's deadline.
 */
final class ReclaimerCall {

    /** How long after its deadline a request is given up that the reclaimer has not answered. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private ReclaimerCall() {}

    /**
     * Counts.
     *
     * @param answer is given a report, or why there is none; called once, on another actor's thread
     */
    static void count(
            ActorContext<?> asking,
            Reclaimer reclaimer,
            ReclaimRequest request,
            BiConsumer<@Nullable CountReport, @Nullable Throwable> answer) {
        ActorRef<StatusReply<CountReport>> replyTo = spawn(asking, patience(reclaimer, request), answer);
        reclaimer.ref().tell(new ReclaimerProtocol.Count(request, replyTo));
    }

    /** Starts a round; {@code answer} as in {@link #count}. */
    static void reclaim(
            ActorContext<?> asking,
            Reclaimer reclaimer,
            ReclaimRequest request,
            BiConsumer<@Nullable ReclaimReport, @Nullable Throwable> answer) {
        ActorRef<StatusReply<ReclaimReport>> replyTo = spawn(asking, patience(reclaimer, request), answer);
        reclaimer.ref().tell(new ReclaimerProtocol.Reclaim(request, replyTo));
    }

    private static Duration patience(Reclaimer reclaimer, ReclaimRequest request) {
        return request.within().orElse(reclaimer.settings().roundDeadline()).plus(PATIENCE);
    }

    private static <T> ActorRef<StatusReply<T>> spawn(
            ActorContext<?> asking, Duration patience, BiConsumer<@Nullable T, @Nullable Throwable> answer) {
        return asking.spawnAnonymous(create(patience, answer), DispatcherSelector.sameAsParent());
    }

    /** Takes one answer, or gives one itself after so long, or where it is ended before; and stops. */
    static <T> Behavior<StatusReply<T>> create(Duration patience, BiConsumer<@Nullable T, @Nullable Throwable> answer) {
        return Behaviors.setup(context -> {
            // No other message restarts it, for the first one is the last.
            context.setReceiveTimeout(
                    patience, StatusReply.error(failed("has not answered within [" + patience + "]")));
            AtomicBoolean answered = new AtomicBoolean();
            return Behaviors.receive(
                    (same, reply) -> {
                        answered.set(true);
                        if (reply.isSuccess()) {
                            answer.accept(reply.getValue(), null);
                        } else {
                            answer.accept(null, reply.getError());
                        }
                        return Behaviors.stopped();
                    },
                    (same, signal) -> {
                        if (signal instanceof PostStop && answered.compareAndSet(false, true)) {
                            answer.accept(null, failed("was not waited for: the call has ended by a fault"));
                        }
                        return Behaviors.same();
                    });
        });
    }

    private static ReclaimerException failed(String how) {
        return new ReclaimerException(Reason.FAILED, "The reclaimer " + how);
    }
}
