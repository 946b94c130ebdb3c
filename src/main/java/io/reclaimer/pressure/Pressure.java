package io.reclaimer.pressure;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimerProtocol;
import io.reclaimer.ReclaimerSettings;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The extension that starts rounds under memory pressure. The first {@link #get} of an actor system starts to watch
 * this process's heap, and requests rounds of the system's {@link Reclaimer} while too little of it is free. The rounds
 * are on the node {@value HeapPressure#NODE}, or on all nodes if there is none of that name. Ends with the system.
 * Thread-safe.
 *
 * <p>The settings are under {@code reclaimer.pressure} in the configuration. An invalid one fails the first {@code get}
 * with an {@link IllegalArgumentException} that names it.
 */
public final class Pressure implements Extension {

    private static final class Id extends ExtensionId<Pressure> {
        @Override
        public Pressure createExtension(ActorSystem<?> system) {
            return new Pressure(system);
        }
    }

    private static final Id ID = new Id();
    private static final String DISPATCHER = "reclaimer.control-dispatcher";

    /** Written by the heap's actor only, read by any thread. */
    private volatile HeapStatus heapStatus = HeapSnapshot.NONE_YET;

    private final ActorRef<HeapPressure.Command> heap;

    /** The number of rounds and counts requested so far. */
    private final AtomicLong rounds = new AtomicLong();

    private Pressure(ActorSystem<?> system) {
        HeapPressureSettings settings =
                HeapPressureSettings.of(system.settings().config());
        Reclaimer reclaimer = Reclaimer.get(system);
        Optional<HeapSetup> setup = Adapter.toClassic(system).settings().setup().get(HeapSetup.class);
        heap = system.systemActorOf(
                HeapPressure.create(
                        setup.<Heap>map(HeapSetup::heap).orElseGet(PlatformHeap::new),
                        settings,
                        anyHeap(reclaimer.settings()),
                        request -> told(
                                setup,
                                ask(system, reclaimer, replyTo -> new ReclaimerProtocol.Reclaim(request, replyTo))),
                        request -> ask(system, reclaimer, replyTo -> new ReclaimerProtocol.Count(request, replyTo)),
                        reclaimer::freedBytes,
                        () -> reclaimer.hasLossless(heapNodes(reclaimer.settings())),
                        status -> heapStatus = status),
                "reclaimer-heap-pressure",
                DispatcherSelector.fromConfig(DISPATCHER));
    }

    /** Asks by message, because the stages of {@link Reclaimer} complete on threads on which applications may block. */
    private <T> CompletionStage<T> ask(
            ActorSystem<?> system,
            Reclaimer reclaimer,
            Function<ActorRef<StatusReply<T>>, ReclaimerProtocol.Command> message) {
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
                "reclaimer-heap-round-" + rounds.incrementAndGet(),
                DispatcherSelector.fromConfig(DISPATCHER));
        reclaimer.ref().tell(message.apply(replyTo));
        return answer;
    }

    private static CompletionStage<ReclaimReport> told(
            Optional<HeapSetup> setup, CompletionStage<ReclaimReport> round) {
        setup.ifPresent(heapSetup -> heapSetup.rounds().accept(round));
        return round;
    }

    private static ReclaimRequest anyHeap(ReclaimerSettings settings) {
        return ReclaimRequest.everywhere().onNodes(heapNodes(settings));
    }

    private static int[] heapNodes(ReclaimerSettings settings) {
        return settings.nodes().contains(HeapPressure.NODE)
                ? new int[] {settings.node(HeapPressure.NODE)}
                : IntStream.range(0, settings.nodes().size()).toArray();
    }

    /** Returns the extension of {@code system}, and starts it if necessary. */
    public static Pressure get(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /** Returns the extension of {@code system} if it was started; starts nothing. */
    public static Optional<Pressure> find(ActorSystem<?> system) {
        return system.hasExtension(ID) ? Optional.of(get(system)) : Optional.empty();
    }

    /** Returns the actor that watches the heap. */
    public ActorRef<HeapPressure.Command> heap() {
        return heap;
    }

    /** Returns the last published status of the heap, without a message to the actor. */
    public HeapStatus heapStatus() {
        return heapStatus;
    }
}
