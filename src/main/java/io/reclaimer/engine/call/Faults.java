package io.reclaimer.engine.call;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The faults of one shrinker, and its quarantine. Thread-safe; all state is guarded by {@code this}, whose lock a visit
 * without faults does not take.
 *
 * <p>After as many faults in a row as configured, a shrinker is in quarantine: it is not visited until the quarantine
 * is over, or is ended by hand. The duration doubles with each return, up to {@link #LONGEST_QUARANTINE}. A visit
 * without a fault ends the row and the doubling.
 *
 * <p>At most one line per minute is logged. Faults in between are counted and held back. The next line reports them; it
 * comes after the minute even if no other fault follows ({@link #logHeldBack}).
 */
public final class Faults {

    /** How long a quarantine lasts at most, so that a repaired shrinker is visited again. */
    static final Duration LONGEST_QUARANTINE = Duration.ofHours(1);

    /** How long nothing is logged after a line. */
    static final Duration SILENCE = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    private final String shrinker;
    private final int quarantineAfter;
    private final long firstQuarantineNanos;
    private final LongSupplier nanoTime;

    /** Has {@link #logHeldBack} called when the silence is over. */
    private final Runnable whenHeldBack;

    /** Whether any field below differs from its first value: lets good visits pass without the lock. */
    private volatile boolean marked;

    private long count;
    private long lateReplies;
    private int inRow;

    /** Whether a call other than a count was one of those in a row. */
    private boolean beyondCounts;

    private int returns;
    private boolean quarantined;
    private long quarantineEnd;
    private @Nullable String last;
    private boolean logged;
    private long lastLogged;
    private long heldBack;
    private String heldBackWhere = "";
    private boolean freed;

    Faults(
            String shrinker,
            int quarantineAfter,
            Duration firstQuarantine,
            LongSupplier nanoTime,
            Runnable whenHeldBack) {
        this.shrinker = shrinker;
        this.quarantineAfter = quarantineAfter;
        this.firstQuarantineNanos = firstQuarantine.toNanos();
        this.nanoTime = nanoTime;
        this.whenHeldBack = whenHeldBack;
    }

    /** The text of an exception; its class if user code fails to make the text. */
    public static String text(Throwable thrown) {
        try {
            return String.valueOf(thrown);
        } catch (Throwable failed) {
            return thrown.getClass().getName();
        }
    }

    /** Faults since the shrinker was allocated. */
    public synchronized long count() {
        return count;
    }

    /** Replies that came after their call was given up. */
    public synchronized long lateReplies() {
        return lateReplies;
    }

    /** The text of the last fault. */
    public synchronized Optional<String> lastFault() {
        return Optional.ofNullable(last);
    }

    /** Whether it had a fault lately, or is in quarantine. */
    boolean isMarked() {
        return marked;
    }

    /** Whether the shrinker is in quarantine. Ends a quarantine whose time is over. */
    public boolean isQuarantined() {
        return marked && checkQuarantine();
    }

    /** How long the quarantine still lasts; empty if there is none. */
    public synchronized Optional<Duration> remainingQuarantine() {
        return checkQuarantine()
                ? Optional.of(Duration.ofNanos(quarantineEnd - nanoTime.getAsLong()))
                : Optional.empty();
    }

    /** Ends the quarantine. False where there is none. */
    public synchronized boolean endQuarantine() {
        boolean was = checkQuarantine();
        quarantined = false;
        inRow = 0;
        beyondCounts = false;
        returns = 0;
        return was;
    }

    /** Ends a row of faults: a visit that scanned ended without one. */
    public void recordGoodVisit() {
        if (marked) {
            forget();
        }
    }

    /**
     * Ends a row of faulty counts: a visit that only counted ended without a fault. It says nothing of scans, so it
     * does not end a row with other faults: gentle passes, which only count, would hide scans that fail each time.
     */
    public void recordGoodCount() {
        if (marked) {
            forgetCounts();
        }
    }

    private synchronized void forgetCounts() {
        if (!beyondCounts) {
            forget();
        }
    }

    /** Counts a reply that came after its call was given up, which was a fault then. */
    public synchronized void recordLateReply() {
        lateReplies++;
    }

    /**
     * Counts a fault, of a visit or outside of one.
     *
     * @param where the cgroup and node, for people
     */
    public void recordFault(String what, String where, @Nullable Throwable thrown) {
        record(what, false, where, thrown);
    }

    /** Counts a fault in the count of a visit. */
    public void recordCountFault(String what, String where, @Nullable Throwable thrown) {
        record(what, true, where, thrown);
    }

    private void record(String what, boolean ofCount, String where, @Nullable Throwable thrown) {
        boolean log;
        long alsoHappened;
        String quarantine;
        synchronized (this) {
            add(what, ofCount);
            log = !isSilent();
            alsoHappened = heldBack;
            if (log) {
                hasLogged();
            } else {
                heldBack++;
                heldBackWhere = where;
            }
            if (heldBack == 1 && !freed) {
                // Under the lock, so that it comes before the shrinker is forgotten.
                whenHeldBack.run();
            }
            quarantine = quarantineText();
        }
        if (log) {
            warn(where, what, alsoHappened, quarantine, thrown);
        }
    }

    /** Holds back no fault from now on, because the shrinker is freed: a late one would be logged a minute later. */
    synchronized void freed() {
        freed = true;
    }

    private void add(String what, boolean ofCount) {
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
    }

    private void warn(String where, String what, long alsoHappened, String quarantine, @Nullable Throwable thrown) {
        String more = alsoHappened == 0 ? "" : " " + alsoHappened + " more faults since the last such line.";
        try {
            LOG.warn("Shrinker [{}] at fault in [{}]: {}.{}{}", shrinker, where, what, more, quarantine, thrown);
        } catch (Throwable failed) {
            // User code makes the text of what was thrown, too.
            LOG.warn("Shrinker [{}] at fault in [{}]: {}.{}{}", shrinker, where, what, more, quarantine);
        }
    }

    /** Logs the faults that were held back, if the silence is over and no line has reported them. */
    void logHeldBack() {
        long times;
        String where;
        String what;
        String quarantine;
        synchronized (this) {
            if (heldBack == 0 || isSilent()) {
                return;
            }
            times = heldBack;
            where = heldBackWhere;
            what = last;
            quarantine = quarantineText();
            hasLogged();
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

    private void hasLogged() {
        logged = true;
        lastLogged = nanoTime.getAsLong();
        heldBack = 0;
    }

    private String quarantineText() {
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
