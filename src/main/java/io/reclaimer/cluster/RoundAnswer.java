package io.reclaimer.cluster;

import io.reclaimer.shrinker.ReclaimerException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The one answer to a request for a round: a report, or why there is none. The first that is given counts, later ones are
 * dropped, so that whoever finds a round without an answer may give one. Thread-safe.
 */
final class RoundAnswer {

    private final AtomicBoolean given = new AtomicBoolean();
    private final Consumer<ClusterReport> onReport;
    private final Consumer<ReclaimerException> onRefusal;

    /** Of the two callbacks one is called, once, on the thread that gives the answer. */
    RoundAnswer(Consumer<ClusterReport> onReport, Consumer<ReclaimerException> onRefusal) {
        this.onReport = onReport;
        this.onRefusal = onRefusal;
    }

    boolean isGiven() {
        return given.get();
    }

    void report(ClusterReport report) {
        if (given.compareAndSet(false, true)) {
            onReport.accept(report);
        }
    }

    void refuse(ReclaimerException why) {
        if (given.compareAndSet(false, true)) {
            onRefusal.accept(why);
        }
    }
}
