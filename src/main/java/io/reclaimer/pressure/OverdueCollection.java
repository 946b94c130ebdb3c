package io.reclaimer.pressure;

/**
 * The wait for a conclusive collection, see {@link LiveEstimate}, while much is in use. If none comes for a while, the
 * upper bound of live bytes counts, but only for as many bytes as lie between the low and the high watermark, until a
 * conclusive collection comes. This limits the loss if all of it was garbage. If it was live and grows, the heap ends
 * in a full collection, which is conclusive. Not thread-safe.
 */
final class OverdueCollection {

    /** A conclusive collection is overdue after this number of readings above the low watermark, and this time. */
    private static final int MIN_READINGS = 8;

    private static final long MIN_MILLIS = 5_000;

    private final long lowMarkBytes;
    private final long highMarkBytes;

    /** The number of readings above the low watermark since the last conclusive one, and the time of the first. */
    private int readings;

    private long sinceMillis;
    private boolean isOverdue;

    /** The bytes that rounds may still free on the upper bound alone. */
    private long budgetBytes;

    /**
     * @param lowMarkBytes the live bytes above which there is pressure
     * @param highMarkBytes the live bytes at which pressure ends
     */
    OverdueCollection(long lowMarkBytes, long highMarkBytes) {
        this.lowMarkBytes = lowMarkBytes;
        this.highMarkBytes = highMarkBytes;
        concluded();
    }

    /** Handles a conclusive collection. */
    void concluded() {
        readings = 0;
        isOverdue = false;
        budgetBytes = lowMarkBytes - highMarkBytes + 1;
    }

    /** Handles a collection that may be inconclusive, which left at most {@code upperBoundBytes} live. */
    void collected(long upperBoundBytes, long millis) {
        if (upperBoundBytes <= lowMarkBytes) {
            readings = 0;
            isOverdue = false;
            return;
        }
        if (readings == 0) {
            sinceMillis = millis;
        }
        readings++;
        isOverdue |= readings >= MIN_READINGS && millis - sinceMillis >= MIN_MILLIS;
    }

    /** Subtracts credited bytes from the budget. */
    void freed(long creditedBytes) {
        if (isOverdue) {
            budgetBytes = Math.max(0, budgetBytes - creditedBytes);
        }
    }

    boolean isOverdue() {
        return isOverdue;
    }

    /** Returns the maximum of live bytes that count by the upper bound alone. */
    long maxBytes() {
        return highMarkBytes + budgetBytes;
    }
}
