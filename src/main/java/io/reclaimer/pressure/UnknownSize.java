package io.reclaimer.pressure;

import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.ShrinkerSpec;

/**
 * An estimate of the bytes per object, for objects whose size is neither declared nor learned. Not thread-safe.
 *
 * <p>It is the largest size possible, given the live bytes and the number of objects, so rounds free too little rather
 * than too much. If a collection shows that they freed too little, it is halved.
 */
final class UnknownSize {

    private static final long MIN_BYTES = ShrinkerSpec.DEFAULT_OBJECT_BYTES;

    /** The divisor of the heap's limit that gives the size of an object before the first count. */
    private static final long FIRST_SHARE = 16 * 1024;

    private final long firstBytes;
    private long bytes;
    private long maxBytes = Long.MAX_VALUE;

    /** Whether the size was set since the last conclusive collection. */
    private boolean isSet;

    /** The number of objects at the last count. */
    private long objects;

    /** Whether rounds freed bytes since the last conclusive collection. */
    private boolean hasFreed;

    /** @param limitBytes the limit of the heap */
    UnknownSize(long limitBytes) {
        this.firstBytes = Math.max(MIN_BYTES, limitBytes / FIRST_SHARE);
        this.bytes = firstBytes;
    }

    /** Returns the size, at least {@link ShrinkerSpec#DEFAULT_OBJECT_BYTES}. */
    long bytes() {
        return bytes;
    }

    /** Returns whether the last count found such objects. */
    boolean hasObjects() {
        return objects > 0;
    }

    /**
     * Updates the number of objects, and returns their total bytes. The first call after a conclusive collection (see
     * {@link LiveEstimate}) sets their size.
     *
     * @param countedObjects the number of objects
     * @param unexplainedBytes the live bytes that are not in objects of known size
     */
    long counted(long countedObjects, long unexplainedBytes) {
        objects = countedObjects;
        if (objects > 0 && !isSet) {
            isSet = true;
            bytes = Math.min(maxBytes, Math.max(MIN_BYTES, unexplainedBytes / objects));
        }
        return Saturating.multiply(objects, bytes);
    }

    /** Handles bytes that rounds freed. */
    void freed() {
        hasFreed = true;
    }

    /**
     * Handles a conclusive collection. The size was too large if there is still pressure after rounds freed what they
     * were to free.
     */
    void concluded(boolean isUnderPressure) {
        if (isUnderPressure && hasFreed && hasObjects()) {
            maxBytes = Math.max(MIN_BYTES, bytes / 2);
            bytes = Math.min(bytes, maxBytes);
        }
        isSet = false;
        hasFreed = false;
    }

    /** Handles the end of the pressure. */
    void pressureEnded() {
        isSet = false;
        maxBytes = Long.MAX_VALUE;
        bytes = firstBytes;
    }
}
