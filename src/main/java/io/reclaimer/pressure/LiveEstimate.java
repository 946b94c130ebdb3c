package io.reclaimer.pressure;

/**
 * How much of the heap is live, from readings told in the order the JVM sends them. Before the first one nothing is
 * known, and nothing is taken to be live. Not thread-safe.
 */
final class LiveEstimate {

    /*
     * Most collections can't tell what is live. An old generation keeps its garbage until a collection looks for it, and
     * may fill up with next to nothing alive in it. So there are two bounds.
     *
     * The most that may be live is what is in use after the last collection, less what rounds freed since (the credit).
     *
     * What is surely live is what the last collection that could tell has left, less what rounds freed since. Where caches
     * are counted it follows them: what that collection left beside the caches is taken to be live still, and what the
     * caches hold now as well. A cache that is loaded is seen to grow without any collection that can tell.
     *
     * G1 takes out what a marking has found in a series of mixed pauses. Garbage that came into the old generation since the
     * marking began stays, and is as much as came in, at most. When a marking begins is not told, so all that came in since the
     * series before counts as possible garbage.
     *
     * A collection that runs beside the application leaves more in use than is live: it evacuates no more regions than it has
     * room for, leaves those with little garbage, and what it moves is there twice for a while. What it leaves beside the caches
     * is too much by a changing amount; so the least that several in a row have left counts. It leaves what was live when it began:
     * so what caches held then is taken from it, between the counts before and after. Where even of the last few the
     * least is beyond the min watermark, that counts: it may be live, and there is no time.
     *
     * Rounds act on what is surely live. Where the most is above the low watermark, and no collection that can tell comes
     * for a while, the most counts instead; but only for as much as lies between the watermarks, until one comes. So no
     * more is lost where all of it was garbage. Where it was live, and grows, it ends in a full collection, which tells.
     */

    /** After so many readings above the low watermark, and so much time, a collection that can tell is overdue. */
    private static final int OVERDUE_READINGS = 8;

    private static final long OVERDUE_MILLIS = 5_000;

    /**
     * So many collections that are not mixed end a series of mixed ones. G1 makes them in a row; but a pause that is told of
     * late may not be known as mixed.
     */
    private static final int NOT_MIXED = 3;

    /** So many collections that run beside the application are compared; and so many where it is urgent. */
    private static final int BESIDES = 8;

    private static final int BESIDES_URGENT = 3;

    /** What ends a marking of G1: remark, and cleanup. */
    private static final int MARKING_STEPS = 2;

    private final Credit credit = new Credit();
    private final long minMarkBytes;
    private final long lowMarkBytes;
    private final long highMarkBytes;

    /** In use after the last reading, less the credit. */
    private long mostBytes;

    /** Left by the last collection that could tell, less what was freed since. */
    private long toldBytes;

    /** How often a collection could tell. */
    private long tellings;

    /** What of it is in no cache; -1 where caches were not counted since. */
    private long besideCachesBytes = -1;

    /** What each of the last collections that ran beside the application has left beside caches; and how many there were. */
    private final long[] besides = new long[BESIDES];

    private int besideCount;

    /** The least of the last few of them; -1 where there was none. */
    private long besideLatelyBytes = -1;

    /** Whether a collection that ran beside the application has told, and caches were not counted since. */
    private boolean isToldAnew;

    /** When it began; what it left was live then. */
    private long toldMillis;

    /** When caches were counted last, and what they held; -1 where they were not. */
    private long countedMillis = -1;

    private long countedBytes;

    /** What caches held when they were counted last, less what was freed since; 0 where they were not. */
    private long heldBytes;

    /** What caches held when they were counted after the last collection that could tell, less what was freed since. */
    private long heldThenBytes;

    /** Whether what was told last is what was live with the telling before: what caches held then is in it. */
    private boolean isToldOfThen;

    /** Whether collections are told of that can't tell what is live. */
    private boolean isUnsure;

    /** Whether a marking has ended, and mixed collections take out what it has found; the lowest use since; and how many others came. */
    private boolean isTakingOut;

    private long lowestBytes;
    private int notMixed;

    /** What came into the old generation since the last series of mixed collections; of that what came before the lowest use. */
    private long promotedBytes;

    private long promotedBeforeLowest;

    /** With the last collection that was not mixed: that of mixed ones can't be seen. */
    private long lastPromotedBytes;

    /** How many steps of a marking have ended; with the second one it has. */
    private int markingSteps;

    /** Whether they are told of at all. Where they are, a pause of a marking under way may be taken for a mixed one. */
    private boolean areMarkingsTold;

    private long oldBytes = -1;

    /** Readings above the low watermark since a collection could tell, and when the first of them was. */
    private int readingsAbove;

    private long aboveSinceMillis;

    private boolean isOverdue;

    /** What rounds may still free on the most that may be live. */
    private long onTrustBytes;

    /**
     * @param minMarkBytes as much may be live before it is urgent
     * @param lowMarkBytes as much may be live before there is pressure
     * @param highMarkBytes as much may be live when pressure ends
     */
    LiveEstimate(long minMarkBytes, long lowMarkBytes, long highMarkBytes) {
        this.minMarkBytes = minMarkBytes;
        this.lowMarkBytes = lowMarkBytes;
        this.highMarkBytes = highMarkBytes;
        told(0);
    }

    /** A collection, or a step of one, ended. */
    void collected(HeapReading reading) {
        if (reading.isAborted()) {
            return;
        }
        switch (reading.scope()) {
            case NOTHING -> throw new IllegalArgumentException("No collection: [" + reading + "]");
            case MARKING -> marking();
            case YOUNG -> {
                isUnsure = true;
                use(reading);
            }
            case SOME_OLD, MIXED -> someOld(reading);
            case ALL -> {
                credit.collectedAll(reading.settledMillis());
                use(reading);
                markingSteps = 0;
                promotedBytes = 0;
                long left = Math.max(0, mostBytes - reading.allocatedBytes());
                if (reading.isConcurrent()) {
                    toldMillis = reading.settledMillis();
                    toldBeside(left);
                } else {
                    told(left);
                }
            }
        }
    }

    /** A step of a marking ended. It began after the mixed collections of the one before. */
    private void marking() {
        if (isTakingOut && lowestBytes < Long.MAX_VALUE) {
            toldByMixed();
        }
        areMarkingsTold = true;
        markingSteps++;
    }

    private void toldByMixed() {
        promotedBytes -= promotedBeforeLowest;
        told(Math.max(0, lowestBytes - promotedBeforeLowest));
        isToldOfThen = true;
    }

    private void someOld(HeapReading reading) {
        isUnsure = true;
        credit.collected(fallBytes(reading));
        use(reading);
        boolean isMixed = reading.scope() == CollectionScope.MIXED;
        if (!isMixed) {
            lastPromotedBytes = Math.max(0, reading.oldAfter() - reading.oldBefore());
        }
        promotedBytes += lastPromotedBytes;
        if (markingSteps >= MARKING_STEPS || (isMixed && !areMarkingsTold)) {
            markingSteps = 0;
            isTakingOut = true;
        }
        if (isTakingOut) {
            if (mostBytes <= lowestBytes) {
                lowestBytes = mostBytes;
                promotedBeforeLowest = promotedBytes;
            }
            notMixed = isMixed ? 0 : notMixed + 1;
            if (notMixed >= NOT_MIXED) {
                toldByMixed();
            }
        }
        noteAbove(reading.settledMillis());
    }

    /** What went out of the old generation with this collection, and between it and the one before. */
    private long fallBytes(HeapReading reading) {
        long between = oldBytes < 0 ? 0 : Math.max(0, oldBytes - reading.oldBefore());
        oldBytes = reading.oldAfter();
        return between + Math.max(0, reading.oldBefore() - reading.oldAfter());
    }

    private void use(HeapReading reading) {
        mostBytes = Math.max(0, reading.mostLiveBytes() - credit.bytes());
        bound();
    }

    /** No more is surely live than may be. */
    private void bound() {
        toldBytes = Math.min(toldBytes, mostBytes);
        if (besideCachesBytes > 0) {
            besideCachesBytes = Math.min(besideCachesBytes, Math.max(0, mostBytes - heldBytes));
        }
    }

    private void told(long bytes) {
        tellings++;
        toldBytes = bytes;
        isTakingOut = false;
        notMixed = 0;
        lowestBytes = Long.MAX_VALUE;
        promotedBeforeLowest = 0;
        isToldAnew = false;
        isToldOfThen = false;
        besideCount = 0;
        besideCachesBytes = -1;
        besideLatelyBytes = -1;
        readingsAbove = 0;
        isOverdue = false;
        onTrustBytes = lowMarkBytes - highMarkBytes + 1;
    }

    /** One that ran beside the application: what was known before counts until caches are counted. */
    private void toldBeside(long bytes) {
        long beside = besideCachesBytes;
        long lately = besideLatelyBytes;
        int count = besideCount;
        isUnsure = true;
        told(bytes);
        besideCachesBytes = beside;
        besideLatelyBytes = lately;
        besideCount = count;
        isToldAnew = true;
    }

    private void noteAbove(long millis) {
        if (mostBytes <= lowMarkBytes) {
            readingsAbove = 0;
            isOverdue = false;
            return;
        }
        if (readingsAbove == 0) {
            aboveSinceMillis = millis;
        }
        readingsAbove++;
        if (readingsAbove >= OVERDUE_READINGS && millis - aboveSinceMillis >= OVERDUE_MILLIS) {
            isOverdue = true;
        }
    }

    /**
     * Whether what caches hold should be counted: a collection has told what is live and others will not, or there may be
     * pressure.
     */
    boolean wantsCount() {
        return isUnsure && (besideCachesBytes < 0 || isToldAnew || mostBytes > lowMarkBytes);
    }

    /**
     * Caches were counted.
     *
     * @param bytes what they hold
     * @param isAll whether all were; otherwise they hold so much at least
     * @param millis when they were
     */
    void held(long bytes, boolean isAll, long millis) {
        heldBytes = isAll ? bytes : Math.max(heldBytes, bytes);
        if (!isAll) {
            // What the others hold is beside what was counted.
            besideCachesBytes = isToldAnew ? -1 : besideCachesBytes;
            isToldAnew = false;
            countedMillis = -1;
            return;
        }
        long beganWith = isToldAnew ? heldAt(toldMillis, bytes, millis) : bytes;
        countedMillis = millis;
        countedBytes = bytes;
        if (besideCachesBytes >= 0 && !isToldAnew) {
            return;
        }
        long beside = Math.max(0, toldBytes - (isToldOfThen ? heldThenBytes : beganWith));
        heldThenBytes = bytes;
        if (isToldAnew) {
            isToldAnew = false;
            besides[besideCount % BESIDES] = beside;
            besideCount++;
            besideCachesBytes = leastBeside(BESIDES);
            besideLatelyBytes = leastBeside(BESIDES_URGENT);
        } else {
            besideCachesBytes = beside;
        }
    }

    /** What caches held then: between what they held when they were counted last, and now, as if they had grown evenly. */
    private long heldAt(long then, long bytes, long millis) {
        if (countedMillis < 0 || countedBytes >= bytes || then >= millis) {
            return bytes;
        }
        double share = Math.max(0, then - countedMillis) / (double) (millis - countedMillis);
        return countedBytes + (long) ((bytes - countedBytes) * share);
    }

    /** Of so many of the last collections that ran beside the application. */
    private long leastBeside(int last) {
        long least = Long.MAX_VALUE;
        for (int i = Math.max(0, besideCount - last); i < besideCount; i++) {
            least = Math.min(least, besides[i % BESIDES]);
        }
        return least;
    }

    /** A round answered; see {@link Credit#freed}. */
    void freed(long freedBytes, long fromMillis, long toMillis) {
        long credited = credit.freed(freedBytes, fromMillis, toMillis);
        mostBytes = Math.max(0, mostBytes - credited);
        toldBytes = Math.max(0, toldBytes - credited);
        heldBytes = Math.max(0, heldBytes - credited);
        heldThenBytes = Math.max(0, heldThenBytes - credited);
        countedBytes = Math.max(0, countedBytes - credited);
        if (isOverdue) {
            onTrustBytes = Math.max(0, onTrustBytes - credited);
        }
    }

    /** What is in use now, collection or not: no more than that, less the credit, can be live. */
    void used(long usedBytes) {
        mostBytes = Math.min(mostBytes, Math.max(0, usedBytes - credit.bytes()));
        bound();
    }

    /** What rounds are to act on. */
    long liveBytes() {
        long sure = Math.min(sureBytes(), mostBytes);
        return isOverdue ? Math.max(sure, Math.min(mostBytes, highMarkBytes + onTrustBytes)) : sure;
    }

    private long sureBytes() {
        if (besideCachesBytes < 0) {
            return Math.max(toldBytes, heldBytes);
        }
        long lately = besideLatelyBytes + heldBytes;
        return lately > minMarkBytes ? lately : besideCachesBytes + heldBytes;
    }

    /** What caches held when they were counted last, less what was freed since; 0 where they never were. */
    long heldBytes() {
        return heldBytes;
    }

    /** What the last collection that could tell has left, less what was freed since. */
    long toldBytes() {
        return toldBytes;
    }

    /** How often a collection could tell what is live. */
    long tellings() {
        return tellings;
    }

    /** What may be live at most. */
    long mostBytes() {
        return mostBytes;
    }

    long creditBytes() {
        return credit.bytes();
    }
}
