package io.reclaimer.pressure;

import io.reclaimer.ReclaimReport;
import io.reclaimer.shrinker.Saturating;

/** Sums since the start of {@link HeapPressure}. Confined to the actor that owns it. */
final class HeapStatistics {

    private long peakLiveBytes;
    private long collections;
    private long rounds;
    private long directRounds;
    private long freedObjects;
    private long freedBytes;

    void addCollection() {
        collections++;
    }

    void updatePeak(long liveBytes) {
        peakLiveBytes = Math.max(peakLiveBytes, liveBytes);
    }

    void addRound(boolean isDirect, ReclaimReport report) {
        rounds++;
        directRounds += isDirect ? 1 : 0;
        freedObjects = Saturating.add(freedObjects, report.freedObjects());
        freedBytes = Saturating.add(freedBytes, report.freedBytes());
    }

    HeapSnapshot snapshot(PressureState state, Heap heap, LiveEstimate estimate, long ineffectiveRounds) {
        return new HeapSnapshot(
                state,
                heap.limitBytes(),
                heap.usedBytes(),
                estimate.liveBytes(),
                estimate.creditBytes(),
                peakLiveBytes,
                collections,
                rounds,
                directRounds,
                freedObjects,
                freedBytes,
                estimate.cachedBytes(),
                ineffectiveRounds);
    }
}
