package io.reclaimer.testkit;

import io.reclaimer.ReclaimReport;
import io.reclaimer.shrinker.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A round of a {@link ReclaimerTestKit} that is under way, and goes on when the test says so. One thread's. */
public final class SteppedRound {

    private final ReclaimerTestKit kit;
    private final CompletableFuture<ReclaimReport> report;
    private int seen;

    SteppedRound(ReclaimerTestKit kit, CompletableFuture<ReclaimReport> report) {
        this.kit = kit;
        this.report = report;
        this.seen = kit.trace().size();
    }

    /** Whether it has answered. */
    public boolean isOver() {
        return report.isDone();
    }

    /**
     * Lets the engine go on until one more (cgroup, node) pair has been visited, or the round is over.
     *
     * @return what its visits have traced; empty where the round is over
     */
    public List<TraceEvent> nextPair() {
        while (!isOver() && kit.trace().size() == seen) {
            if (!kit.step() && !kit.toNextTimer()) {
                throw new IllegalStateException(
                        "The round waits for something that does not come: a shrinker's stage?");
            }
        }
        List<TraceEvent> all = kit.trace();
        List<TraceEvent> visits = new ArrayList<>(all.subList(seen, all.size()));
        seen = all.size();
        return visits;
    }

    /** Lets it run to its end. */
    public ReclaimReport finish() {
        return kit.await(report);
    }
}
