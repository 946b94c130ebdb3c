package io.reclaimer.console;

import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.PressureState;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Whether this node has felt pressure since it was last asked: it does now, or a round was needed. One thread. */
final class Felt implements BooleanSupplier {

    private final Supplier<HeapStatus> heap;
    private long rounds;

    Felt(Supplier<HeapStatus> heap) {
        this.heap = heap;
    }

    @Override
    public boolean getAsBoolean() {
        HeapStatus now = heap.get();
        boolean felt = now.state() != PressureState.NONE || now.rounds() > rounds;
        rounds = now.rounds();
        return felt;
    }
}
