package io.reclaimer.pressure;

import akka.actor.setup.Setup;
import io.reclaimer.ReclaimReport;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A setup of the actor system that makes {@link Pressure} watch another heap than this process's. */
public final class HeapSetup extends Setup {

    private final ManualHeap heap;
    private final Consumer<CompletionStage<ReclaimReport>> rounds;

    /** @param rounds receives each round that pressure starts, at its start */
    public HeapSetup(ManualHeap heap, Consumer<CompletionStage<ReclaimReport>> rounds) {
        Objects.requireNonNull(heap, "heap");
        Objects.requireNonNull(rounds, "rounds");
        this.heap = heap;
        this.rounds = rounds;
    }

    /** Returns the listener of the rounds that pressure starts. */
    Consumer<CompletionStage<ReclaimReport>> rounds() {
        return rounds;
    }

    ManualHeap heap() {
        return heap;
    }
}
