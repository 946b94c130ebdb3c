package io.reclaimer.pressure;

/**
 * A snapshot of {@link HeapPressure}. Its rounds are those that it started itself. Immutable.
 *
 * <p>Instances come from the library. Later versions may add methods, so only fakes in tests implement this interface.
 */
public interface HeapStatus {
    /** The pressure. */
    PressureState state();

    /** The maximum of live bytes: the heap's maximum, or the old generation's if that is smaller. */
    long limitBytes();

    /** The bytes in use at the last sample, garbage included. */
    long usedBytes();

    /** The estimate of live bytes. */
    long liveBytes();

    /** The bytes that rounds freed and no collection has removed yet. */
    long creditBytes();

    /** The highest estimate so far. */
    long peakLiveBytes();

    /** The number of reported collections. */
    long collections();

    /** The number of answered rounds, direct ones included. */
    long rounds();

    /** The number of answered direct rounds. */
    long directRounds();

    /** The objects that answered rounds freed. */
    long freedObjects();

    /** The bytes that answered rounds freed, by the sizes that shrinkers declare. */
    long freedBytes();

    /** The bytes in caches at the last count, minus the bytes freed since; 0 if they were never counted. */
    long cachedBytes();

    /** The number of consecutive rounds that did not end the pressure and left nothing for the next one to free. */
    long ineffectiveRounds();
}
