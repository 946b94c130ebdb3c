package io.reclaimer.pressure;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimerProtocol;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The {@link Reclaimer} of an actor system, on the node {@value HeapPressure#NODE} or, if there is none of that name,
 * on all nodes. Thread-safe.
 *
 * <p>Asks by message, because the stages of {@link Reclaimer} complete on threads on which applications may block.
 */
final class SystemReclaimer implements HeapReclaimer {

    private final ActorSystem<?> system;
    private final Reclaimer reclaimer;
    private final Consumer<CompletionStage<ReclaimReport>> rounds;
    private final int[] nodes;

    /** The number of rounds and counts requested so far. */
    private final AtomicLong requests = new AtomicLong();

    /** @param rounds receives each round, at its start */
    SystemReclaimer(ActorSystem<?> system, Consumer<CompletionStage<ReclaimReport>> rounds) {
        this.system = system;
        this.reclaimer = Reclaimer.get(system);
        this.rounds = rounds;
        this.nodes = reclaimer.settings().nodes().contains(HeapPressure.NODE)
                ? new int[] {reclaimer.settings().node(HeapPressure.NODE)}
                : IntStream.range(0, reclaimer.settings().nodes().size()).toArray();
    }

    @Override
    public ReclaimRequest request() {
        return ReclaimRequest.everywhere().onNodes(nodes);
    }

    @Override
    public CompletionStage<ReclaimReport> reclaim(ReclaimRequest request) {
        CompletionStage<ReclaimReport> round = ask(replyTo -> new ReclaimerProtocol.Reclaim(request, replyTo));
        rounds.accept(round);
        return round;
    }

    @Override
    public CompletionStage<CountReport> count(ReclaimRequest request) {
        return ask(replyTo -> new ReclaimerProtocol.Count(request, replyTo));
    }

    private <T> CompletionStage<T> ask(Function<ActorRef<StatusReply<T>>, ReclaimerProtocol.Command> message) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        ActorRef<StatusReply<T>> replyTo = system.systemActorOf(
                Behaviors.receiveMessage(reply -> {
                    if (reply.isSuccess()) {
                        answer.complete(reply.getValue());
                    } else {
                        answer.completeExceptionally(reply.getError());
                    }
                    return Behaviors.stopped();
                }),
                "reclaimer-heap-round-" + requests.incrementAndGet(),
                DispatcherSelector.fromConfig(Pressure.DISPATCHER));
        reclaimer.ref().tell(message.apply(replyTo));
        return answer;
    }

    @Override
    public long freedBytes() {
        return reclaimer.freedBytes();
    }

    @Override
    public boolean hasLossless() {
        return reclaimer.hasLossless(nodes);
    }
}
