package io.reclaimer.pressure;

/**
 * How much garbage a collection took out of the old generation, which its pools tell only together with what was
 * promoted into it: 5 MB out and 5 MB in look like nothing. Not thread-safe.
 *
 * <p>So it is inferred: the share of the young generation that survives is learned from collections that take nothing
 * old (their share is the highest), and what is missing of that share in another was taken out of the old one. Where
 * this is wrong, it says too much, so that the credit falls early rather than late.
 */
final class OldGarbage {

    /** How fast the share follows a fall, by collection: slowly, as a series of mixed collections is up to 8 long. */
    private static final double FORGETTING = 0.05;

    private double survivingShare;
    private long oldAfterLast = -1;

    /** What {@code reading}, told of in order, took out, and what went between it and the one before. */
    long takenBytes(HeapReading reading) {
        long betweenBytes = oldAfterLast < 0 ? 0 : Math.max(0, oldAfterLast - reading.oldBefore());
        oldAfterLast = reading.oldAfter();
        long shrunkBytes = Math.max(0, reading.oldBefore() - reading.oldAfter());
        return betweenBytes + Math.max(shrunkBytes, missingBytes(reading));
    }

    private long missingBytes(HeapReading reading) {
        if (reading.youngBefore() == 0) {
            return 0;
        }
        long survivedBytes = reading.youngAfter() + reading.oldAfter() - reading.oldBefore();
        double share = Math.min(1, (double) survivedBytes / reading.youngBefore());
        long missing = (long) (survivingShare * reading.youngBefore()) - survivedBytes;
        survivingShare = Math.max(share, survivingShare + FORGETTING * (share - survivingShare));
        return Math.max(0, missing);
    }
}
