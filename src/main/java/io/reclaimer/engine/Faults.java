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
 * doubling. Any thread may call any method; all state is guarded by this object's lock, which a visit without faults
 * does not take.
 */
public final class Faults {

    /** How long a quarantine lasts at most, so that a shrinker that was mended is found again. */
    static final Duration LONGEST_QUARANTINE = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String shrinker;
    private final int quarantineAfter;
    private final long firstQuarantineNanos;
    private final LongSupplier nanoTime;

    /** Whether anything below is not as it was at first: lets good visits pass without the lock. */
    private volatile boolean marked;

    private long count;
    private int inRow;
    private int returns;
    private boolean quarantined;
    private long quarantineEnd;
    private @Nullable String last;
    private boolean logged;
    private long lastLogged;
    private long unsaid;

    Faults(String shrinker, int quarantineAfter, Duration firstQuarantine, LongSupplier nanoTime) {
        this.shrinker = shrinker;
        this.quarantineAfter = quarantineAfter;
        this.firstQuarantineNanos = firstQuarantine.toNanos();
        this.nanoTime = nanoTime;
    }

    /** How many faults there were since the shrinker was allocated. */
    public synchronized long count() {
        return count;
    }

    /** The last fault, in words. */
    public synchronized Optional<String> last() {
        return Optional.ofNullable(last);
    }

    /** Whether the shrinker is kept away. Ends a quarantine whose time is over. */
    public boolean isQuarantined() {
        return marked && checkQuarantine();
    }

    /** Lets the shrinker out. False where it is not in quarantine. */
    public synchronized boolean letOut() {
        boolean was = checkQuarantine();
        quarantined = false;
        inRow = 0;
        returns = 0;
        return was;
    }

    /** A visit ended without a fault. */
    void good() {
        if (marked) {
            forget();
        }
    }

    /**
     * A visit ended with a fault.
     *
     * @param where the cgroup and node, for people
     */
    void fault(String what, String where, @Nullable Throwable thrown) {
        boolean log;
        boolean nowQuarantined;
        long alsoHappened;
        synchronized (this) {
            marked = true;
            count++;
            inRow++;
            last = what;
            nowQuarantined = inRow >= quarantineAfter && !quarantined;
            if (nowQuarantined) {
                quarantined = true;
                quarantineEnd = nanoTime.getAsLong() + quarantineNanos();
                returns++;
            }
            log = !logged || nanoTime.getAsLong() - lastLogged >= SILENCE_NANOS || nowQuarantined;
            alsoHappened = unsaid;
            if (log) {
                logged = true;
                lastLogged = nanoTime.getAsLong();
                unsaid = 0;
            } else {
                unsaid++;
            }
        }
        if (log) {
            LOG.warn(
                    "Shrinker [{}] at fault in {}: {}.{}{}",
                    shrinker,
                    where,
                    what,
                    alsoHappened == 0 ? "" : " " + alsoHappened + " more faults since the last such line.",
                    nowQuarantined
                            ? " In quarantine after " + quarantineAfter
                                    + " faults in a row [reclaimer.quarantine.after-faults]."
                            : "",
                    thrown);
        }
    }

    private synchronized boolean checkQuarantine() {
        if (quarantined && nanoTime.getAsLong() - quarantineEnd >= 0) {
            quarantined = false;
            inRow = 0;
        }
        return quarantined;
    }

    private synchronized void forget() {
        inRow = 0;
        returns = 0;
        marked = quarantined;
    }

    private long quarantineNanos() {
        long longest = LONGEST_QUARANTINE.toNanos();
        // Doubling more often than there are bits would start over.
        return returns >= 30 || firstQuarantineNanos > longest >> returns ? longest : firstQuarantineNanos << returns;
    }
}
