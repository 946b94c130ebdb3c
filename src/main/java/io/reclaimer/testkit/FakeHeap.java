package io.reclaimer.testkit;

import akka.actor.typed.ActorSystem;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.ManualHeap;
import io.reclaimer.pressure.Pressure;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A heap whose size and use the test sets. The reclaimer's heap pressure watches it, and starts rounds as for a real heap. Confined
 * to the thread of the test.
 */
public final class FakeHeap {

    private final ManualHeap manual;
    private long usedBytes;
    private Runnable settle = () -> {};
    private Optional<Pressure> pressure = Optional.empty();

    FakeHeap(long limitBytes, LongSupplier uptimeMillis) {
        this.manual = new ManualHeap(limitBytes, () -> usedBytes, uptimeMillis);
    }

    ManualHeap manual() {
        return manual;
    }

    void watch(ActorSystem<?> system, Runnable newSettle) {
        pressure = Optional.of(Pressure.get(system));
        settle = newSettle;
    }

    /** Sets the bytes in use, garbage included. They take effect at the next collection, or the next poll of the heap. */
    public void use(long bytes) {
        usedBytes = bytes;
    }

    /** Simulates a collection that leaves so many bytes. Rounds that become due start, and run as far as they can now. */
    public void collect(long liveBytes) {
        manual.collected(liveBytes);
        usedBytes = liveBytes;
        settle.run();
    }

    /** The state of the heap pressure. */
    public HeapStatus status() {
        return pressure.orElseThrow().heapStatus();
    }
}
