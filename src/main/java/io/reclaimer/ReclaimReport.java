package io.reclaimer;

import io.reclaimer.shrinker.RoundOutcome;
import java.util.OptionalLong;

/**
 * The report of a round that frees. {@link #largest} lists freed objects; the number of entries is a setting. If the
 * target was missed, {@link #shortfalls} is the reason; if there are none, nothing was left to free.
 */
public interface ReclaimReport extends RoundReport {

    /**
     * Returns whether the target is out of reach: all shrinkers were asked down to the last priority, and can free no
     * more.
     */
    default boolean isExhausted() {
        return outcome() == RoundOutcome.TARGET_MISSED && shortfalls().isEmpty();
    }

    /** Objects freed, of all shrinkers. */
    long freedObjects();

    /** The same in bytes: as scans reported them, otherwise by the size of each shrinker's objects. */
    long freedBytes();

    /** The part of {@code freedBytes} that is free already, without a garbage collection. */
    long freedAtOnceBytes();

    /**
     * Bytes that the subtree holds at the end of a round {@link ReclaimRequest#untilHeldIs}, as they were counted last;
     * empty for any other round. Shrinkers in {@link #shortfalls} may not have been counted.
     */
    default OptionalLong heldBytes() {
        return OptionalLong.empty();
    }

    /** Objects that shrinkers report as scanned. */
    long scannedObjects();

    /**
     * Visits left to a background round, because the caller could not wait; that round starts by itself, unless the
     * target was reached.
     */
    long skippedVisits();

    /** Of the first pass. */
    int firstPriority();

    /** Of the last pass; not above the first. */
    int lastPriority();
}
