package io.reclaimer.pressure;

import io.reclaimer.shrinker.ShrinkerSpec;

/**
 * An estimate of the bytes per object, for objects whose size is neither declared nor learned. Not thread-safe.
 *
 * <p>It is the largest size possible, given the live bytes and the number of objects, so rounds free too little rather
 * than too much. If a collection shows that they freed too little, it is halved.
 */
final class UnknownSize {

    private static final long LEAST = ShrinkerSpec.DEFAULT_OBJECT_BYTES;

    /** The divisor of the heap's limit that gives the size of an object before the first count. */
    private static final long FIRST_SHARE = 16 * 1024;

    private final long firstBytes;
    private long bytes;
    private long maxBytes = Long.MAX_VALUE;
    private boolean isSettled;

    /** @param limitBytes the limit of the heap */
    UnknownSize(long limitBytes) {
        this.firstBytes = Math.max(LEAST, limitBytes / FIRST_SHARE);
        this.bytes = firstBytes;
    }

    /** Returns the size, at least {@link ShrinkerSpec#DEFAULT_OBJECT_BYTES}. */
    long bytes() {
        return bytes;
    }

    /**
     * Returns the total bytes of the objects. The first call after a conclusive collection (see {@link LiveEstimate})
     * sets their size.
     *
     * @param objects the number of objects
     * @param unexplainedBytes the live bytes that are not in objects of known size
     */
    long held(long objects, long unexplainedBytes) {
        if (objects == 0) {
            return 0;
        }
        if (!isSettled) {
            isSettled = true;
            bytes = Math.min(maxBytes, Math.max(LEAST, unexplainedBytes / objects));
        }
        return Math.multiplyHigh(objects, bytes) == 0 && objects * bytes >= 0 ? objects * bytes : Long.MAX_VALUE;
    }

    /**
     * Handles a conclusive collection.
     *
     * @param isTooMuch whether too much is still live, although rounds have freed the wanted bytes
     */
    void told(boolean isTooMuch) {
        isSettled = false;
        if (isTooMuch) {
            maxBytes = Math.max(LEAST, bytes / 2);
            bytes = Math.min(bytes, maxBytes);
        }
    }

    /** Handles the end of the pressure. */
    void over() {
        isSettled = false;
        maxBytes = Long.MAX_VALUE;
        bytes = firstBytes;
    }
}
