package io.reclaimer.pressure;

import java.util.Objects;

/**
 * The shares of a memory's limit that should be free, modelled on the watermarks of the kernel's zones. Immutable.
 *
 * <p>The gap between low and high is the hysteresis. Rounds start below low and continue until high, so the pressure
 * does not flicker around one value.
 *
 * @param min below this share, rounds are direct
 * @param low below this share, background rounds start
 * @param high from this share on, rounds stop; {@code 0 < min < low < high < 1}
 */
public record Watermarks(double min, double low, double high) {

    /**
     * The result of a comparison with the watermarks.
     *
     * @param state the pressure now
     * @param wantedBytes the bytes to free until the high watermark is reached; 0 if there is no pressure
     */
    public record Decision(PressureState state, long wantedBytes) {}

    public Watermarks {
        if (!(min > 0 && min < low && low < high && high < 1)) {
            throw new IllegalArgumentException("The watermarks are min [" + min + "], low [" + low + "], high [" + high
                    + "] but have to be shares of the limit with 0 < min < low < high < 1");
        }
    }

    /**
     * Compares the live bytes with the watermarks.
     *
     * @param before the pressure until now
     * @param limitBytes the size of the memory, above 0
     * @param liveBytes the bytes of it in use; may be above the limit
     */
    public Decision decide(PressureState before, long limitBytes, long liveBytes) {
        Objects.requireNonNull(before, "before");
        long freeBytes = limitBytes - liveBytes;
        if (freeBytes < bytes(min, limitBytes)) {
            return new Decision(PressureState.MIN, bytes(high, limitBytes) - freeBytes);
        }
        boolean goesOn = before != PressureState.NONE && freeBytes < bytes(high, limitBytes);
        if (goesOn || freeBytes < bytes(low, limitBytes)) {
            return new Decision(PressureState.LOW, bytes(high, limitBytes) - freeBytes);
        }
        return new Decision(PressureState.NONE, 0);
    }

    /** Returns the live bytes above which direct rounds are due. */
    long minMark(long limitBytes) {
        return limitBytes - bytes(min, limitBytes);
    }

    /** Returns the live bytes above which there is pressure. */
    long lowMark(long limitBytes) {
        return limitBytes - bytes(low, limitBytes);
    }

    /** Returns the live bytes at which pressure ends. */
    long highMark(long limitBytes) {
        return limitBytes - bytes(high, limitBytes);
    }

    private static long bytes(double share, long limitBytes) {
        return (long) Math.ceil(share * limitBytes);
    }
}
