package io.reclaimer.testkit;

import akka.actor.typed.ActorSystem;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.Pressure;
import io.reclaimer.pressure.SteeredHeap;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A heap of which the test says how full it is: the reclaimer's own pressure watches it, and starts rounds as it would for a real
 * one. One thread's.
 */
public final class FakeHeap {

    private final SteeredHeap steered;
    private long usedBytes;
    private Runnable settle = () -> {};
    private Optional<Pressure> pressure = Optional.empty();

    FakeHeap(long limitBytes, LongSupplier uptimeMillis) {
        this.steered = new SteeredHeap(limitBytes, () -> usedBytes, uptimeMillis);
    }

    SteeredHeap steered() {
        return steered;
    }

    void watch(ActorSystem<?> system, Runnable newSettle) {
        pressure = Optional.of(Pressure.get(system));
        settle = newSettle;
    }

    /** So much is in use, garbage included. Nothing happens until the next collection, or the next look at the heap. */
    public void use(long bytes) {
        usedBytes = bytes;
    }

    /** A collection has ended and left so much: what pressure goes by. Rounds that are due begin, and run as far as they can now. */
    public void collect(long liveBytes) {
        steered.collected(liveBytes);
        usedBytes = liveBytes;
        settle.run();
    }

    /** What pressure knows and has done. */
    public HeapStatus status() {
        return pressure.orElseThrow().heapStatus();
    }
}
