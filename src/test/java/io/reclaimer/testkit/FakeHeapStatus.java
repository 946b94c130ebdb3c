package io.reclaimer.testkit;

import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.PressureState;

/** A HeapStatus that a test makes. */
public record FakeHeapStatus(
        PressureState state,
        long limitBytes,
        long usedBytes,
        long liveBytes,
        long creditBytes,
        long peakLiveBytes,
        long collections,
        long rounds,
        long directRounds,
        long freedObjects,
        long freedBytes,
        long cachedBytes,
        long ineffectiveRounds)
        implements HeapStatus {}
