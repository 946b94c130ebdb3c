package io.reclaimer;

import io.reclaimer.engine.call.Reply;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The rounds of one request {@link ReclaimRequest#untilHeldIs}: a count, a round for what is too much, a count, and so
 * on. It ends when no more is held than is allowed, when two rounds in a row have not lowered what is held, or when a
 * count or a round ends early. Each step is begun by the reply of the one before, so that no two threads are in here at
 * a time and each sees what the one before wrote.
 */
final class HeldRounds {

    /** A round whose objects are another size than was thought misses; the next one knows better. */
    private static final int MAX_ROUNDS = 8;

    /** The application may add as much as a round frees; several such rounds in a row are of no use. */
    private static final int MAX_STALLED = 2;

    private static final long UNKNOWN = Long.MAX_VALUE;

    /** The two kinds of rounds that it needs. */
    interface Engine {
        void count(ReclaimRequest request, Reply<CountReport> replyTo);

        void reclaim(ReclaimRequest request, Reply<ReclaimReport> replyTo);
    }

    private final Engine engine;
    private final ReclaimRequest request;
    private final long limit;
    private final int listed;
    private final LongSupplier nanoTime;
    private final long start;
    private final long deadline;
    private final Reply<ReclaimReport> replyTo;

    private final List<ReclaimReport> rounds = new ArrayList<>();
    private long countVisits;

    /** Of the last count: what those shrinkers hold is not known. */
    private Map<Shortfall, Long> uncounted = Map.of();

    private long held = UNKNOWN;

    /** Rounds in a row that have not lowered what is held. */
    private int stalled;

    /**
     * @param request has a limit of what is held, and a deadline
     * @param listed the number of entries of the report
     */
    HeldRounds(Engine engine, ReclaimRequest request, int listed, LongSupplier nanoTime, Reply<ReclaimReport> replyTo) {
        this.engine = engine;
        this.request = request;
        this.limit = request.heldLimit().orElseThrow();
        this.listed = listed;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.deadline = start + request.within().orElseThrow().toNanos();
        this.replyTo = replyTo;
    }

    void begin() {
        engine.count(request, then(this::counted));
    }

    /** Passes a failure on. */
    private <T extends RoundReport> Reply<T> then(Consumer<T> step) {
        return (report, why) -> {
            if (report == null) {
                replyTo.accept(null, why);
            } else {
                step.accept(report);
            }
        };
    }

    private void counted(CountReport report) {
        countVisits += report.visits();
        uncounted = report.shortfalls();
        if (report.outcome() != RoundOutcome.DONE) {
            end(report.outcome());
            return;
        }
        stalled = report.heldBytes() < held ? 0 : stalled + 1;
        held = report.heldBytes();
        if (held <= limit) {
            end(RoundOutcome.TARGET_REACHED);
        } else if (stalled == MAX_STALLED || isExhausted() || rounds.size() == MAX_ROUNDS) {
            end(RoundOutcome.TARGET_MISSED);
        } else {
            goOn(left -> engine.reclaim(request.bytes(held - limit).within(left), then(this::reclaimed)));
        }
    }

    /** Whether the last round could free no more. */
    private boolean isExhausted() {
        return !rounds.isEmpty() && rounds.get(rounds.size() - 1).outcome() == RoundOutcome.TARGET_MISSED;
    }

    private void reclaimed(ReclaimReport report) {
        rounds.add(report);
        if (report.outcome() == RoundOutcome.TARGET_REACHED || report.outcome() == RoundOutcome.TARGET_MISSED) {
            goOn(left -> engine.count(request.within(left), then(this::counted)));
        } else {
            end(report.outcome());
        }
    }

    private void goOn(Consumer<Duration> step) {
        long left = deadline - nanoTime.getAsLong();
        if (left > 0) {
            step.accept(Duration.ofNanos(left));
        } else {
            end(RoundOutcome.DEADLINE);
        }
    }

    private void end(RoundOutcome outcome) {
        replyTo.success(EngineReports.sumOf(
                request,
                outcome,
                rounds,
                countVisits,
                uncounted,
                Duration.ofNanos(nanoTime.getAsLong() - start),
                listed,
                held == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(held)));
    }
}
