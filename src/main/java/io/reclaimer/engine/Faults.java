package io.reclaimer.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a shrinker did wrong, and whether it is kept away for it.
 *
 * <p>After as many faults in a row as configured a shrinker is in quarantine: not visited, for a time that doubles with
 * each return up to {@link #LONGEST_QUARANTINE}, or until let out by hand. A visit without a fault ends the row and the
 * doubling.
 *
 * <p>One line a minute at most is logged; what came meanwhile is counted, and said by the next line, which comes at the
 * end of the minute even where nothing more happens.
 *
 * <p>Any thread may call any method; all state is guarded by this object's lock, which a visit without faults does not
 * take.
 */
public final class Faults {

    /** How long a quarantine lasts at most, so that a shrinker that was mended is found again. */
    static final Duration LONGEST_QUARANTINE = Duration.ofHours(1);

    /** How long nothing is logged after a line. */
    static final Duration SILENCE = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    private final String shrinker;
    private final int quarantineAfter;
    private final long firstQuarantineNanos;
    private final LongSupplier nanoTime;

    /** Has {@link #sayUnsaid} called when the silence is over. */
    private final Runnable whenUnsaid;

    /** Whether anything below is not as it was at first: lets good visits pass without the lock. */
    private volatile boolean marked;

    private long count;
    private long lateAnswers;
    private int inRow;

    /** Whether one of those in a row was not a count's. */
    private boolean beyondCounts;

    private int returns;
    private boolean quarantined;
    private long quarantineEnd;
    private @Nullable String last;
    private boolean logged;
    private long lastLogged;
    private long unsaid;
    private String unsaidWhere = "";

    Faults(String shrinker, int quarantineAfter, Duration firstQuarantine, LongSupplier nanoTime, Runnable whenUnsaid) {
        this.shrinker = shrinker;
        this.quarantineAfter = quarantineAfter;
        this.firstQuarantineNanos = firstQuarantine.toNanos();
        this.nanoTime = nanoTime;
        this.whenUnsaid = whenUnsaid;
    }

    /** What was thrown, in words; whatever user code it is that says so. */
    static String text(Throwable thrown) {
        try {
            return String.valueOf(thrown);
        } catch (Throwable failed) {
            return thrown.getClass().getName();
        }
    }

    /** How many faults there were since the shrinker was allocated. */
    public synchronized long count() {
        return count;
    }

    /** How many answers came after their call was given up. */
    public synchronized long lateAnswers() {
        return lateAnswers;
    }

    /** The last fault, in words. */
    public synchronized Optional<String> last() {
        return Optional.ofNullable(last);
    }

    /** Whether the shrinker is kept away. Ends a quarantine whose time is over. */
    public boolean isQuarantined() {
        return marked && checkQuarantine();
    }

    /** How long it is still kept away; empty where it is not. */
    public synchronized Optional<Duration> quarantineLeft() {
        return checkQuarantine()
                ? Optional.of(Duration.ofNanos(quarantineEnd - nanoTime.getAsLong()))
                : Optional.empty();
    }

    /** Lets the shrinker out. False where it is not in quarantine. */
    public synchronized boolean letOut() {
        boolean was = checkQuarantine();
        quarantined = false;
        inRow = 0;
        beyondCounts = false;
        returns = 0;
        return was;
    }

    /** A visit ended without a fault, and scanned. */
    void good() {
        if (marked) {
            forget();
        }
    }

    /**
     * A visit ended without a fault, and did no more than to count. That says nothing of scans: where these are at fault each
     * time, the gentle passes between would hide it.
     */
    void counted() {
        if (marked) {
            forgetCounts();
        }
    }

    private synchronized void forgetCounts() {
        if (!beyondCounts) {
            forget();
        }
    }

    /** An answer came after its call was given up, which was a fault then. */
    synchronized void late() {
        lateAnswers++;
    }

    /**
     * A visit ended with a fault, or there was one outside of visits.
     *
     * @param where the cgroup and node, for people
     */
    public void fault(String what, String where, @Nullable Throwable thrown) {
        fault(what, false, where, thrown);
    }

    /** The same, of a count. */
    void countFault(String what, String where, @Nullable Throwable thrown) {
        fault(what, true, where, thrown);
    }

    private void fault(String what, boolean ofCount, String where, @Nullable Throwable thrown) {
        boolean log;
        boolean firstUnsaid;
        long alsoHappened;
        String quarantine;
        synchronized (this) {
            marked = true;
            count++;
            inRow++;
            beyondCounts |= !ofCount;
            last = what;
            if (inRow >= quarantineAfter && !quarantined) {
                quarantined = true;
                quarantineEnd = nanoTime.getAsLong() + quarantineNanos();
                returns++;
            }
            log = !isSilent();
            alsoHappened = unsaid;
            if (log) {
                said();
            } else {
                unsaid++;
                unsaidWhere = where;
            }
            firstUnsaid = unsaid == 1;
            quarantine = quarantineWords();
        }
        if (log) {
            warn(where, what, alsoHappened, quarantine, thrown);
        } else if (firstUnsaid) {
            whenUnsaid.run();
        }
    }

    private void warn(String where, String what, long alsoHappened, String quarantine, @Nullable Throwable thrown) {
        String more = alsoHappened == 0 ? "" : " " + alsoHappened + " more faults since the last such line.";
        try {
            LOG.warn("Shrinker [{}] at fault in [{}]: {}.{}{}", shrinker, where, what, more, quarantine, thrown);
        } catch (Throwable failed) {
            // What was thrown says what it is by user code, too.
            LOG.warn("Shrinker [{}] at fault in [{}]: {}.{}{}", shrinker, where, what, more, quarantine);
        }
    }

    /** The silence is over: says what was left unsaid, if that has not been done. */
    void sayUnsaid() {
        long times;
        String where;
        String what;
        String quarantine;
        synchronized (this) {
            if (unsaid == 0 || isSilent()) {
                return;
            }
            times = unsaid;
            where = unsaidWhere;
            what = last;
            quarantine = quarantineWords();
            said();
        }
        LOG.warn(
                "Shrinker [{}] at fault: {} more faults since the last such line, last in [{}]: {}.{}",
                shrinker,
                times,
                where,
                what,
                quarantine);
    }

    private boolean isSilent() {
        return logged && nanoTime.getAsLong() - lastLogged < SILENCE.toNanos();
    }

    private void said() {
        logged = true;
        lastLogged = nanoTime.getAsLong();
        unsaid = 0;
    }

    private String quarantineWords() {
        return quarantined
                ? " In quarantine after " + quarantineAfter
                        + " faults in a row [reclaimer.quarantine.after-faults], for "
                        + TimeUnit.NANOSECONDS.toSeconds(quarantineEnd - nanoTime.getAsLong()) + " s more."
                : "";
    }

    private synchronized boolean checkQuarantine() {
        if (quarantined && nanoTime.getAsLong() - quarantineEnd >= 0) {
            quarantined = false;
            inRow = 0;
            beyondCounts = false;
        }
        return quarantined;
    }

    private synchronized void forget() {
        inRow = 0;
        beyondCounts = false;
        returns = 0;
        marked = quarantined;
    }

    private long quarantineNanos() {
        long longest = LONGEST_QUARANTINE.toNanos();
        // Doubling more often than there are bits would start over.
        return returns >= 30 || firstQuarantineNanos > longest >> returns ? longest : firstQuarantineNanos << returns;
    }
}
