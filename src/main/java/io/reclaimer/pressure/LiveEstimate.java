package io.reclaimer.pressure;

/**
 * How much of the heap is live, from readings told in the order the JVM sends them. Before the first one nothing is
 * known, and nothing is taken to be live. Not thread-safe.
 */
final class LiveEstimate {

    /*
     * The bound is what is in use after the last collection, less the credit: what is live can't be more. After a
     * collection of all garbage it is what is live. After another it may be far more, since the old generation keeps
     * its garbage: a Serial or Parallel heap fills up with it until the next full collection, with next to nothing live.
     * Rounds that take that for need empty the caches for nothing.
     *
     * So of each rise of the bound only the share is counted that such rises turned out to be worth (LiveShare), until
     * the next fall shows how much it was. Growth that is all live teaches a share of 1. Where the share is wrong, the
     * next full collection puts it right; G1 does that as its very last resort, so with hardly anything free the bound
     * counts. Before anything fell, a collector that leaves old garbage alone is met halfway: rounds start just before
     * its old generation is full, when the next collection has to be a full one.
     */

    /** What a rise counts before the first fall, where only full collections take out old garbage. */
    private static final double UNTRIED_SHARE = 0.75;

    private final Credit credit = new Credit();
    private final OldGarbage oldGarbage = new OldGarbage();
    private final LiveShare liveShare;
    private final long ceilingBytes;
    private long boundBytes;
    private long liveBytes;
    private boolean falling;
    private boolean hasFallen;

    /**
     * @param limitBytes the most that can live
     * @param ceilingBytes from this on in use, no garbage is assumed that only a full collection would take out
     */
    LiveEstimate(long limitBytes, long ceilingBytes) {
        this.liveShare = new LiveShare(limitBytes);
        this.ceilingBytes = ceilingBytes;
    }

    /** A collection ended. */
    void collected(HeapReading reading) {
        if (reading.isAborted()) {
            return;
        }
        switch (reading.scope()) {
            case NOTHING -> throw new IllegalArgumentException("No collection: [" + reading + "]");
            case YOUNG -> {}
            case SOME_OLD -> credit.collected(oldGarbage.takenBytes(reading));
            case ALL -> credit.collectedAll(reading.settledMillis());
        }
        long before = boundBytes;
        boundBytes = Math.max(0, reading.mostLiveBytes() - credit.bytes());
        if (boundBytes < before) {
            fall(before - boundBytes);
        } else {
            rise(boundBytes - before, reading.scope() == CollectionScope.YOUNG && !hasFallen);
        }
        boolean isCertain = reading.scope() == CollectionScope.ALL
                || (reading.scope() == CollectionScope.SOME_OLD && boundBytes > ceilingBytes);
        liveBytes = isCertain ? boundBytes : Math.min(liveBytes, boundBytes);
    }

    /** A round answered; see {@link Credit#freed}. */
    void freed(long freedBytes, long fromMillis, long toMillis) {
        long credited = credit.freed(freedBytes, fromMillis, toMillis);
        boundBytes = Math.max(0, boundBytes - credited);
        liveBytes = Math.max(0, liveBytes - credited);
    }

    /** What is in use now, collection or not: no more than that, less the credit, can be live. */
    void used(long usedBytes) {
        liveBytes = Math.min(liveBytes, Math.max(0, usedBytes - credit.bytes()));
    }

    long liveBytes() {
        return liveBytes;
    }

    long creditBytes() {
        return credit.bytes();
    }

    private void fall(long bytes) {
        liveShare.fell(bytes);
        falling = true;
        hasFallen = true;
    }

    /** At the turn from falling to rising, little garbage is left: what was in use then counts in full. */
    private void rise(long bytes, boolean isUntried) {
        if (falling) {
            liveBytes = boundBytes - bytes;
            falling = false;
        }
        liveBytes += (long) ((isUntried ? UNTRIED_SHARE : liveShare.value()) * bytes);
        liveShare.rose(bytes);
    }
}
