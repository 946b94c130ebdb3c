package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import akka.pattern.StatusReply;
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimerProtocol;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@link MemberEnvironment} of a real member, whose reclaimer is asked by messages. Results arrive as messages to the
 * actor that asks, so rounds of other members need no thread of the answer dispatcher, which an application may block.
 * Confined to the actor of the context.
 *
 * <p>A result always arrives. Where the reclaimer does not answer, which takes a fault in it, the result is a failure,
 * {@link #PATIENCE} after the deadline of the request.
 */
record LocalReclaimer(
        ActorContext<ClusterMember.Command> context, Reclaimer reclaimer, Supplier<MemberEnvironment.Heap> heapNow)
        implements MemberEnvironment {

    /** The time after the deadline of a request at which a missing answer becomes a failure. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final SecureRandom RANDOM = new SecureRandom();

    @Override
    public void count(long round, ReclaimRequest request) {
        ask(
                context,
                reclaimer.ref(),
                CountReport.class,
                replyTo -> new ReclaimerProtocol.Count(request, replyTo),
                patience(request),
                (report, why) -> new ClusterMember.Counted(round, report, why));
    }

    @Override
    public void reclaim(long round, int part, ReclaimRequest request) {
        ask(
                context,
                reclaimer.ref(),
                ReclaimReport.class,
                replyTo -> new ReclaimerProtocol.Reclaim(request, replyTo),
                patience(request),
                (report, why) -> new ClusterMember.PartEnded(round, part, report, why));
    }

    private Duration patience(ReclaimRequest request) {
        return request.within().orElse(reclaimer.settings().roundDeadline()).plus(PATIENCE);
    }

    static <M, R> void ask(
            ActorContext<M> context,
            ActorRef<ReclaimerProtocol.Command> reclaimer,
            Class<R> kind,
            Function<ActorRef<StatusReply<R>>, ReclaimerProtocol.Command> command,
            Duration patience,
            BiFunction<@Nullable R, @Nullable Throwable, M> toMessage) {
        context.askWithStatus(
                kind,
                reclaimer,
                patience,
                command::apply,
                (report, why) -> toMessage.apply(
                        report,
                        why instanceof TimeoutException
                                ? new ReclaimerException(
                                        Reason.FAILED, "The reclaimer has not answered within [" + patience + "]")
                                : why));
    }

    @Override
    public MemberEnvironment.Heap heap() {
        return heapNow.get();
    }

    @Override
    public long nonce() {
        return RANDOM.nextLong() | 1;
    }
}
