package io.reclaimer.scenario.run;

import io.reclaimer.pressure.ManualHeap;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.time.VirtualTime;
import io.reclaimer.shrinker.Saturating;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The heap of one member: live objects in caches, other live bytes, and garbage. Confined to the thread of the run. */
final class SimulatedHeap {

    private final Scenario.Heap model;
    private final VirtualTime time;
    private final LongSupplier cachedBytes;
    private final ManualHeap heap;
    private long garbageBytes;

    SimulatedHeap(Scenario.Heap model, VirtualTime time, LongSupplier cachedBytes) {
        this.model = model;
        this.time = time;
        this.cachedBytes = cachedBytes;
        this.heap = new ManualHeap(
                model.limitBytes(),
                () -> liveBytes() + garbageBytes,
                () -> time.nowNanos() / Duration.ofMillis(1).toNanos());
    }

    /** The heap as the pressure sees it. */
    ManualHeap heap() {
        return heap;
    }

    void addGarbage(long bytes) {
        garbageBytes = Saturating.add(garbageBytes, bytes);
    }

    /** Removes all garbage. */
    void collect() {
        heap.collected(liveBytes());
        garbageBytes = 0;
    }

    double livePercent() {
        return 100.0 * liveBytes() / model.limitBytes();
    }

    private long liveBytes() {
        long other = 0;
        for (Scenario.OtherBytes each : model.other()) {
            if (each.from().compareTo(time.elapsed()) <= 0) {
                other = each.bytes();
            }
        }
        return Saturating.add(other, cachedBytes.getAsLong());
    }
}
