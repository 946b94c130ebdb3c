package io.reclaimer.pressure;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.javadsl.Adapter;
import io.reclaimer.Reclaimer;
import java.util.Optional;

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

    static final String DISPATCHER = "reclaimer.control-dispatcher";

    private static final class Id extends ExtensionId<Pressure> {
        @Override
        public Pressure createExtension(ActorSystem<?> system) {
            return new Pressure(system);
        }
    }

    private static final Id ID = new Id();

    /** Written by the heap's actor only, read by any thread. */
    private volatile HeapStatus heapStatus = HeapSnapshot.NONE_YET;

    private final ActorRef<HeapPressure.Command> heap;

    private Pressure(ActorSystem<?> system) {
        HeapPressureSettings settings =
                HeapPressureSettings.of(system.settings().config());
        Optional<HeapSetup> setup = Adapter.toClassic(system).settings().setup().get(HeapSetup.class);
        HeapReclaimer reclaimer = new SystemReclaimer(
                system, round -> setup.ifPresent(heapSetup -> heapSetup.rounds().accept(round)));
        heap = system.systemActorOf(
                HeapPressure.create(
                        setup.<Heap>map(HeapSetup::heap).orElseGet(PlatformHeap::new),
                        settings,
                        reclaimer,
                        status -> heapStatus = status),
                "reclaimer-heap-pressure",
                DispatcherSelector.fromConfig(DISPATCHER));
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
