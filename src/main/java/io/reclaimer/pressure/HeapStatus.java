package io.reclaimer.pressure;

/**
 * A snapshot of {@link HeapPressure}. Its rounds are those that it started itself. Immutable.
 *
 * @param state the pressure
 * @param limitBytes the maximum of live bytes: the heap's maximum, or the old generation's if that is smaller
 * @param usedBytes the bytes in use at the last sample, garbage included
 * @param liveBytes the estimate of live bytes
 * @param creditBytes the bytes that rounds freed and no collection has removed yet
 * @param peakLiveBytes the highest estimate so far
 * @param collections the number of reported collections
 * @param rounds the number of answered rounds, direct ones included
 * @param directRounds the number of answered direct rounds
 * @param freedObjects the objects that answered rounds freed
 * @param freedBytes the bytes that answered rounds freed, by the sizes that shrinkers declare
 * @param heldBytes the bytes in caches at the last count, minus the bytes freed since; 0 if they were never counted
 * @param ineffectiveRounds the number of consecutive rounds that did not end the pressure and left nothing for the next one to
 *     free
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
        long ineffectiveRounds) {

    /** The status before the first sample. */
    static final HeapStatus NONE_YET = new HeapStatus(PressureState.NONE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
