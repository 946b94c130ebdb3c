package io.reclaimer.pressure;

/**
 * How many bytes an object holds, on the average of what the last rounds freed, so that a want of bytes can be asked
 * for in objects. Not thread-safe.
 */
final class ObjectSize {

    /**
     * What is asked for at most before anything was learned: enough to learn from, and little enough not to empty the
     * caches where the initial size is far too small.
     */
    static final long PROBE_OBJECTS = 256;

    /** What a round leaves of the weight of those before it. */
    private static final double KEPT = 0.5;

    private final long initialBytes;
    private double freedObjects;
    private double freedBytes;

    ObjectSize(long initialBytes) {
        this.initialBytes = initialBytes;
    }

    /** A round freed this. */
    void learn(long objects, long bytes) {
        if (objects > 0) {
            freedObjects = KEPT * freedObjects + objects;
            freedBytes = KEPT * freedBytes + bytes;
        }
    }

    /** Bytes, at least 1. */
    double average() {
        return freedObjects > 0 ? Math.max(1, freedBytes / freedObjects) : initialBytes;
    }

    /** What so few objects hold that asking for them does no harm. */
    long probeBytes() {
        return (long) (PROBE_OBJECTS * average());
    }

    /** How many objects to ask for, at least 1, to free {@code wantedBytes}. */
    long objectsFor(long wantedBytes) {
        long objects = Math.max(1, (long) Math.ceil(wantedBytes / average()));
        return freedObjects > 0 ? objects : Math.min(objects, PROBE_OBJECTS);
    }
}
