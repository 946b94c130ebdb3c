package io.reclaimer.pressure;

import java.util.OptionalLong;

/**
 * The markings of G1 and the series of mixed collections that follows each. The end of a series is a conclusive
 * collection, see {@link LiveEstimate}. Not thread-safe.
 */
final class MixedSeries {

    /*
     * G1 removes the garbage that a marking has found in a series of mixed pauses. Garbage that came into the old
     * generation since the marking began stays; it is at most as much as came in. The start of a marking is not
     * reported, so all bytes that came in since the previous series count as possible garbage.
     */

    /**
     * The number of consecutive collections other than mixed ones that end a series. G1 makes mixed collections in a
     * row, but a pause that is reported late may not be recognised as mixed.
     */
    private static final int NOT_MIXED_TO_END = 3;

    /** The steps that end a marking: remark and cleanup. */
    private static final int MARKING_STEPS = 2;

    private boolean isActive;

    /** The lowest upper bound of live bytes since the series began. */
    private long lowestBytes = Long.MAX_VALUE;

    /** The number of consecutive collections of the series that were not mixed. */
    private int notMixed;

    /** The bytes that came into the old generation since the previous series; and those before the lowest bound. */
    private long promotedBytes;

    private long promotedBeforeLowest;

    /**
     * The bytes that came into the old generation with the last collection that was not mixed. It stands in for those
     * of mixed collections, which can't be seen.
     */
    private long lastPromotedBytes;

    /** The number of ended steps of the current marking. */
    private int markingSteps;

    /** Whether the JVM reports markings. If it does, a pause during a marking may be mistaken for a mixed one. */
    private boolean hasMarkings;

    /**
     * Handles a step of a marking, which also ends the series of the previous marking.
     *
     * @return the live bytes that the end of a series shows; empty if none ended
     */
    OptionalLong marking() {
        OptionalLong live = isActive && lowestBytes < Long.MAX_VALUE ? end() : OptionalLong.empty();
        hasMarkings = true;
        markingSteps++;
        return live;
    }

    /**
     * Handles a collection of some old garbage.
     *
     * @param upperBoundBytes the upper bound of live bytes after it
     * @return the live bytes that the end of a series shows; empty if none ended
     */
    OptionalLong collected(HeapReading reading, long upperBoundBytes) {
        boolean isMixed = reading.scope() == CollectionScope.MIXED;
        if (!isMixed) {
            lastPromotedBytes = Math.max(0, reading.oldAfter() - reading.oldBefore());
        }
        promotedBytes += lastPromotedBytes;
        if (markingSteps >= MARKING_STEPS || (isMixed && !hasMarkings)) {
            markingSteps = 0;
            isActive = true;
        }
        if (!isActive) {
            return OptionalLong.empty();
        }
        if (upperBoundBytes <= lowestBytes) {
            lowestBytes = upperBoundBytes;
            promotedBeforeLowest = promotedBytes;
        }
        notMixed = isMixed ? 0 : notMixed + 1;
        return notMixed >= NOT_MIXED_TO_END ? end() : OptionalLong.empty();
    }

    /** Handles a collection of all garbage, which ends the series and the marking. */
    void collectedAll() {
        markingSteps = 0;
        promotedBytes = 0;
        reset();
    }

    private OptionalLong end() {
        long liveBytes = Math.max(0, lowestBytes - promotedBeforeLowest);
        promotedBytes -= promotedBeforeLowest;
        reset();
        return OptionalLong.of(liveBytes);
    }

    private void reset() {
        isActive = false;
        notMixed = 0;
        lowestBytes = Long.MAX_VALUE;
        promotedBeforeLowest = 0;
    }
}
