package io.reclaimer.pressure;

import io.reclaimer.shrinker.ShrinkerSpec;

/**
 * How many bytes an object is taken to hold where that is neither declared nor learned. Not thread-safe.
 *
 * <p>It is the most that it can be, by what is live and by how many there are: so what is freed by it is too little rather than too
 * much. Where a collection shows that it was too little, it is halved.
 */
final class UnknownSize {

    private static final long LEAST = ShrinkerSpec.DEFAULT_OBJECT_BYTES;

    /** Before anything was counted, an object is taken for so large a part of the heap. */
    private static final long FIRST_SHARE = 16 * 1024;

    private final long firstBytes;
    private long bytes;
    private long mostBytes = Long.MAX_VALUE;
    private boolean isSettled;

    /** @param limitBytes of the heap */
    UnknownSize(long limitBytes) {
        this.firstBytes = Math.max(LEAST, limitBytes / FIRST_SHARE);
        this.bytes = firstBytes;
    }

    /** At least 1. */
    long bytes() {
        return bytes;
    }

    /**
     * What they hold together, which settles the size until a collection tells anew what is live.
     *
     * @param objects how many there are
     * @param unexplainedBytes what is live beside objects of known size
     */
    long held(long objects, long unexplainedBytes) {
        if (objects == 0) {
            return 0;
        }
        if (!isSettled) {
            isSettled = true;
            bytes = Math.min(mostBytes, Math.max(LEAST, unexplainedBytes / objects));
        }
        return Math.multiplyHigh(objects, bytes) == 0 && objects * bytes >= 0 ? objects * bytes : Long.MAX_VALUE;
    }

    /**
     * A collection has told what is live.
     *
     * @param isTooMuch whether it is too much still, though rounds have freed what was wanted
     */
    void told(boolean isTooMuch) {
        isSettled = false;
        if (isTooMuch) {
            mostBytes = Math.max(LEAST, bytes / 2);
            bytes = Math.min(bytes, mostBytes);
        }
    }

    /** The pressure is over. */
    void over() {
        isSettled = false;
        mostBytes = Long.MAX_VALUE;
        bytes = firstBytes;
    }
}
