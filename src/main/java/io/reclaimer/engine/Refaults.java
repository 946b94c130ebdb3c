package io.reclaimer.engine;

import io.reclaimer.shrinker.Saturating;
import java.time.Duration;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.LongSupplier;

/**
 * How much of what a shrinker gave up was asked for again, and what that makes its objects cost. Any thread.
 *
 * <p>The rate is refaults by reclaimed objects, both losing half of their weight in each half-life, with
 * {@link #PRIOR} reclaimed objects on top that did not come back: so few objects say little, and the rate falls when
 * nothing happens. Where seeks are raised, they grow with the rate from what the shrinker said up to a bound. Refault
 * distance is the idea of the kernel's {@code mm/workingset.c}; the price on top of seeks is this project's own.
 */
public final class Refaults {

    /**
     * How seeks are raised.
     *
     * @param raised whether they are
     * @param mostFactor the bound, as a factor of the shrinker's own seeks; at least 1
     * @param halfLife in which what happened loses half of its weight
     */
    public record Settings(boolean raised, double mostFactor, Duration halfLife) {}

    /** Objects: one batch. */
    static final int PRIOR = 128;

    /** Into how many looks a half-life is cut. */
    private static final int LOOKS = 32;

    private final int seeks;
    private final Settings settings;
    private final LongSupplier nanoTime;
    private final long lookNanos;

    private final LongAccumulator refaulted = new LongAccumulator(Saturating::add, 0);
    private final LongAccumulator reclaimed = new LongAccumulator(Saturating::add, 0);

    /** All below is written under this object's lock. */
    private long lookedAt;

    private long seenRefaulted;
    private long seenReclaimed;
    private double weightRefaulted;
    private double weightReclaimed;
    private volatile int effectiveSeeks;

    Refaults(int seeks, Settings settings, LongSupplier nanoTime) {
        this.seeks = seeks;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.lookNanos = settings.halfLife().toNanos() / LOOKS;
        this.lookedAt = nanoTime.getAsLong();
        this.effectiveSeeks = seeks;
    }

    /** Objects that were reclaimed. */
    void reclaimed(long objects) {
        reclaimed.accumulate(objects);
    }

    /** Objects that were reclaimed and asked for again soon. */
    public void refaulted(long objects) {
        if (objects > 0) {
            refaulted.accumulate(objects);
        }
    }

    /** Objects reclaimed since allocation. */
    public long reclaimedObjects() {
        return reclaimed.get();
    }

    /** Refaults since allocation. */
    public long refaultedObjects() {
        return refaulted.get();
    }

    /** What share of what was reclaimed lately came back: 0 to 1. */
    public synchronized double rate() {
        look(nanoTime.getAsLong());
        return currentRate();
    }

    /** What visits reckon with. */
    public int seeks() {
        if (settings.raised()) {
            long now = nanoTime.getAsLong();
            synchronized (this) {
                if (now - lookedAt >= lookNanos || seenRefaulted != refaulted.get()) {
                    look(now);
                }
            }
        }
        return effectiveSeeks;
    }

    private void look(long now) {
        double kept =
                Math.pow(0.5, (double) (now - lookedAt) / settings.halfLife().toNanos());
        lookedAt = now;
        long allRefaulted = refaulted.get();
        long allReclaimed = reclaimed.get();
        weightRefaulted = weightRefaulted * kept + (allRefaulted - seenRefaulted);
        weightReclaimed = weightReclaimed * kept + (allReclaimed - seenReclaimed);
        seenRefaulted = allRefaulted;
        seenReclaimed = allReclaimed;
        if (settings.raised()) {
            double raised = seeks * (1 + (settings.mostFactor() - 1) * currentRate());
            effectiveSeeks = (int) Math.min(Math.round(raised), Integer.MAX_VALUE);
        }
    }

    private double currentRate() {
        return Math.min(1, weightRefaulted / (weightReclaimed + PRIOR));
    }
}
