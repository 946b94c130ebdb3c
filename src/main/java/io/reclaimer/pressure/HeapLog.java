package io.reclaimer.pressure;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of {@link HeapPressure}, with a limited rate of messages. Not thread-safe. */
final class HeapLog {

    private static final Logger LOG = LoggerFactory.getLogger(HeapPressure.class);

    /** The minimum time between two logged changes, except those to {@link PressureState#MIN}. */
    private static final long CHANGE_MILLIS = 10_000;

    /** The minimum time between two logged ineffective rounds. */
    private static final long WARNING_MILLIS = 60_000;

    private static final long MIB = 1 << 20;

    private final LongSupplier uptimeMillis;
    private long nextChangeMillis = Long.MIN_VALUE;
    private long nextWarningMillis = Long.MIN_VALUE;
    private long suppressedChanges;
    private long suppressedIneffectiveRounds;

    /** @param uptimeMillis the clock */
    HeapLog(LongSupplier uptimeMillis) {
        this.uptimeMillis = uptimeMillis;
    }

    /** Logs a change of the pressure. */
    void entered(PressureState before, PressureState now, long liveBytes, long limitBytes) {
        long millis = uptimeMillis.getAsLong();
        if (millis < nextChangeMillis && now != PressureState.MIN) {
            suppressedChanges++;
            return;
        }
        nextChangeMillis = millis + CHANGE_MILLIS;
        LOG.info(
                "Heap pressure [{}] after [{}]: [{}] of [{}] MiB are live.{}",
                now,
                before,
                liveBytes / MIB,
                limitBytes / MIB,
                more(suppressedChanges, "changes"));
        suppressedChanges = 0;
    }

    /** Logs a round that did not end the pressure and after which the next one could free nothing either. */
    void ineffective(long liveBytes, long limitBytes, long cachedBytes, long wantedBytes) {
        long millis = uptimeMillis.getAsLong();
        if (millis < nextWarningMillis) {
            suppressedIneffectiveRounds++;
            return;
        }
        nextWarningMillis = millis + WARNING_MILLIS;
        LOG.warn(
                "A reclaim round was in vain: [{}] of [{}] MiB of heap are live, [{}] MiB more should be free, and caches hold"
                        + " [{}] MiB that could be freed. A larger heap (-Xmx), or less that is live without being in a"
                        + " registered cache, helps.{}",
                liveBytes / MIB,
                limitBytes / MIB,
                wantedBytes / MIB,
                cachedBytes / MIB,
                more(suppressedIneffectiveRounds, "such rounds"));
        suppressedIneffectiveRounds = 0;
    }

    /** Logs a round that failed. */
    void failed(@Nullable Throwable failure) {
        LOG.debug("A reclaim round failed", failure);
    }

    private static String more(long times, String what) {
        return times == 0 ? "" : " " + times + " more " + what + " since the last such line.";
    }
}
