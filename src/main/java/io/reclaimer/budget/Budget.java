package io.reclaimer.budget;

import io.reclaimer.shrinker.Protection;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.RoundOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One cgroup with limits on a node, as {@link BudgetWatch} knows it, and confined to that actor. */
final class Budget {

    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final BudgetKey key;
    private final String node;
    private Limits limits;
    private OptionalLong held = OptionalLong.empty();
    private long peak;
    private long highEvents;
    private long maxEvents;
    private Optional<RoundOutcome> lastOutcome = Optional.empty();

    private Protection protection = Protection.NONE;

    /** Whether a count or a round is under way. */
    private boolean isBusy;

    /** Rounds in a row that missed their target and freed nothing. */
    private int inVain;

    private boolean hasWarned;
    private long warned;

    /** Whether the next count waits after such rounds, and until when. */
    private boolean isWaiting;

    private long waitsUntil;

    /** Completed at the end of the next check that begins. */
    private final List<CompletableFuture<BudgetStatus>> forNext = new ArrayList<>();

    /** Completed at the end of the check under way. */
    private final List<CompletableFuture<BudgetStatus>> forThis = new ArrayList<>();

    Budget(BudgetKey key, String node, Limits limits) {
        this.key = key;
        this.node = node;
        this.limits = limits;
    }

    BudgetKey key() {
        return key;
    }

    Limits limits() {
        return limits;
    }

    /** Sets the limits; what kept the next count waiting is forgotten. */
    void setLimits(Limits newLimits) {
        limits = newLimits;
        inVain = 0;
        isWaiting = false;
    }

    void awaitNextCount(CompletableFuture<BudgetStatus> answer) {
        forNext.add(answer);
    }

    boolean isDue(long nowNanos) {
        return !isBusy && (!isWaiting || nowNanos - waitsUntil >= 0);
    }

    void beginCount() {
        isBusy = true;
        isWaiting = false;
        forThis.addAll(forNext);
        forNext.clear();
    }

    void setHeld(long bytes) {
        held = OptionalLong.of(bytes);
        peak = Math.max(peak, bytes);
    }

    Protection protection() {
        return protection;
    }

    void setProtection(Protection level) {
        protection = level;
    }

    /** Whether somebody waits for the check under way. */
    boolean isAwaited() {
        return !forThis.isEmpty();
    }

    void beginRound(boolean isAboveMax) {
        if (isAboveMax) {
            maxEvents++;
        } else {
            highEvents++;
        }
    }

    /** Takes the end of a round. */
    void endRound(RoundOutcome outcome, long freedBytes) {
        lastOutcome = Optional.of(outcome);
        inVain = outcome == RoundOutcome.TARGET_REACHED || freedBytes > 0 ? 0 : inVain + 1;
    }

    /** Whether the last round was in vain. */
    boolean isInVain() {
        return inVain > 0;
    }

    /** Whether a warning may be logged: at most once a minute. */
    boolean isWarningDue(long nowNanos) {
        boolean due = !hasWarned || nowNanos - warned >= SILENCE_NANOS;
        if (due) {
            hasWarned = true;
            warned = nowNanos;
        }
        return due;
    }

    /** Ends the check under way, and answers those who wait for it. */
    void end(long nowNanos, BudgetSettings settings) {
        isBusy = false;
        if (inVain > 0) {
            isWaiting = true;
            waitsUntil = nowNanos + waitAfter(inVain, settings).toNanos();
        }
        BudgetStatus now = status();
        forThis.forEach(answer -> answer.complete(now));
        forThis.clear();
    }

    /** Twice the interval after the first round in vain, and twice as long after each further one. */
    private static Duration waitAfter(int inVain, BudgetSettings settings) {
        Duration wait = settings.interval();
        for (int i = 0; i < inVain && wait.compareTo(settings.retryMax()) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        return wait.compareTo(settings.retryMax()) < 0 ? wait : settings.retryMax();
    }

    /** Answers all, because the limits are gone. */
    void answerAll() {
        BudgetStatus now = status();
        forThis.forEach(answer -> answer.complete(now));
        forNext.forEach(answer -> answer.complete(now));
        forThis.clear();
        forNext.clear();
    }

    /** Fails the answers of the check under way. */
    void fail(Throwable why) {
        forThis.forEach(answer -> answer.completeExceptionally(why));
        forThis.clear();
    }

    /** Fails all answers, because the actor system ends. */
    void failAll() {
        ReclaimerException why = new ReclaimerException(
                Reason.SHUTTING_DOWN,
                "Limits of [" + key.cgroup() + "] on node [" + node + "]: the actor system is ending");
        forThis.forEach(answer -> answer.completeExceptionally(why));
        forNext.forEach(answer -> answer.completeExceptionally(why));
    }

    BudgetStatus status() {
        return new BudgetStatus(key.cgroup(), node, limits, held, peak, highEvents, maxEvents, lastOutcome, protection);
    }
}
