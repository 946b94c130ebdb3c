package io.reclaimer.pressure;

/**
 * Which share of what collections leave in use turns out to be live: the rest is old garbage that nobody told of, as
 * from entries that expire, and that only a later collection takes out. Learned from how much of each rise was followed
 * by a fall. Not thread-safe.
 */
final class LiveShare {

    /** However much was garbage, a rise counts a little. */
    private static final double LEAST = 0.1;

    /** What was learned longer ago than so many bytes of rises, as a share of the limit, counts half. */
    private static final double MEMORY = 1;

    /** Before anything is learned: so many bytes of rises, as a share of the limit, that were live. */
    private static final double PRIOR = 0.25;

    private final double memoryBytes;
    private double risenBytes;
    private double fallenBytes;

    LiveShare(long limitBytes) {
        memoryBytes = MEMORY * limitBytes;
        risenBytes = PRIOR * limitBytes;
    }

    /** More was in use after a collection than after the one before. */
    void rose(long bytes) {
        risenBytes += bytes;
        if (risenBytes > memoryBytes) {
            risenBytes /= 2;
            fallenBytes /= 2;
        }
    }

    /** Less was in use, more than rounds account for. */
    void fell(long bytes) {
        fallenBytes += bytes;
    }

    double value() {
        return Math.max(LEAST, 1 - fallenBytes / risenBytes);
    }
}
