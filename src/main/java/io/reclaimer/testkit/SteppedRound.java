package io.reclaimer.testkit;

import io.reclaimer.ReclaimReport;
import io.reclaimer.shrinker.TraceEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A round of a {@link ReclaimerTestKit} that goes on pass by pass, when the test says so. Confined to the thread of the test. */
public final class SteppedRound {

    private final ReclaimerTestKit kit;
    private final CompletableFuture<ReclaimReport> report;
    private int seen;

    SteppedRound(ReclaimerTestKit kit, CompletableFuture<ReclaimReport> report) {
        this.kit = kit;
        this.report = report;
        this.seen = kit.trace().size();
    }

    /** Whether the round has ended. */
    public boolean isOver() {
        return report.isDone();
    }

    /**
     * Runs until the visits of one more cgroup on one node are done, or the round is over.
     *
     * @return the trace of these visits; empty where the round is over
     */
    public List<TraceEvent> nextPass() {
        while (!isOver() && kit.trace().size() == seen) {
            if (!kit.step() && !kit.toNextTimer()) {
                throw new IllegalStateException(
                        "The round waits, and nothing is left to run: is there a stage that nobody completes?");
            }
        }
        List<TraceEvent> all = kit.trace();
        List<TraceEvent> visits = all.subList(seen, all.size());
        seen = all.size();
        return visits;
    }

    /** Runs the round to its end. */
    public ReclaimReport finish() {
        return kit.await(report);
    }
}
