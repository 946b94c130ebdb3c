package io.reclaimer.pressure;

/**
 * What {@link HeapPressure} knew and had done at one time. Immutable.
 *
 * @param state the pressure
 * @param limitBytes how much can live: the heap's maximum, or the old generation's where that is smaller
 * @param usedBytes in use when last looked at, garbage included
 * @param liveBytes the estimate of what is live
 * @param creditBytes freed by rounds and not collected yet
 * @param peakLiveBytes the highest estimate so far
 * @param collections that were told of
 * @param rounds that answered, direct ones included
 * @param directRounds of them
 * @param freedObjects by all rounds
 * @param freedBytes by all rounds, by the sizes shrinkers gave
 * @param heldBytes what caches held when they were last counted, less what was freed since; 0 where they never were
 * @param vainRounds rounds in a row that did not end the pressure, and left nothing that the next one could take
 */
public record HeapStatus(
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
        long heldBytes,
        long vainRounds) {

    /** Before the first look. */
    static final HeapStatus NONE_YET = new HeapStatus(PressureState.NONE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
