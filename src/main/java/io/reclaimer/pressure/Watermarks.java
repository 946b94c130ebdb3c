package io.reclaimer.pressure;

import java.util.Objects;

/**
 * How much of a memory should be free, as shares of its limit, after the watermarks of the kernel's zones. Immutable.
 *
 * <p>The gap between low and high is the hysteresis: rounds start below low and go on until high, so that pressure does
 * not flicker around one number.
 *
 * @param min below this, rounds are direct
 * @param low below this, background rounds start
 * @param high from this on, rounds stop; {@code 0 < min < low < high < 1}
 */
public record Watermarks(double min, double low, double high) {

    /**
     * What to do next.
     *
     * @param state the pressure now
     * @param wantedBytes how much has to be freed to get to the high watermark; 0 where there is no pressure
     */
    public record Decision(PressureState state, long wantedBytes) {}

    public Watermarks {
        if (!(min > 0 && min < low && low < high && high < 1)) {
            throw new IllegalArgumentException("The watermarks are min [" + min + "], low [" + low + "], high [" + high
                    + "] but have to be shares of the limit with 0 < min < low < high < 1");
        }
    }

    /**
     * Decides by what is live now and the pressure until now.
     *
     * @param before the pressure until now
     * @param limitBytes what there is of the memory, above 0
     * @param liveBytes what of it is in use; may be above the limit
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

    /** How much may be live before direct rounds are due. */
    long minMark(long limitBytes) {
        return limitBytes - bytes(min, limitBytes);
    }

    /** How much may be live before there is pressure. */
    long lowMark(long limitBytes) {
        return limitBytes - bytes(low, limitBytes);
    }

    /** How much may be live when pressure ends. */
    long highMark(long limitBytes) {
        return limitBytes - bytes(high, limitBytes);
    }

    private static long bytes(double share, long limitBytes) {
        return (long) Math.ceil(share * limitBytes);
    }
}
