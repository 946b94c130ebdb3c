package io.reclaimer.pressure;

/** The status of the heap at one time. */
record HeapSnapshot(
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
        implements HeapStatus {

    /** The status before the first sample. */
    static final HeapSnapshot NONE_YET = new HeapSnapshot(PressureState.NONE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
