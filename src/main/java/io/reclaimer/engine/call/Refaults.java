package io.reclaimer.engine.call;

import io.reclaimer.shrinker.Saturating;
import java.time.Duration;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.LongSupplier;

/**
 * The refaults of one shrinker: reclaimed objects that were asked for again, their rate, and the cost of its objects
 * that follows from it. Thread-safe.
 *
 * <p>The rate is refaults divided by reclaimed objects, which both lose half of their weight in each half-life. {@link
 * #PRIOR} is added to the reclaimed objects, so a few refaults raise the rate little, and it falls when nothing
 * happens. If seeks are raised, they grow with the rate from the shrinker's own seeks up to a bound. Refault distance
 * is the idea of the kernel's {@code mm/workingset.c}; its use as a price on top of seeks is this project's own.
 */
public final class Refaults {

    /**
     * The settings for raising seeks.
     *
     * @param raised whether they are raised
     * @param maxFactor the bound, as a factor of the shrinker's own seeks; at least 1
     * @param halfLife the time in which past refaults and reclaimed objects lose half of their weight
     */
    public record Settings(boolean raised, double maxFactor, Duration halfLife) {}

    /** The reclaimed objects that are added for the rate, as if none had come back: one batch. */
    static final int PRIOR = 128;

    /** Updates of the rate in one half-life. */
    private static final int UPDATES = 32;

    private final int seeks;
    private final Settings settings;
    private final LongSupplier nanoTime;
    private final long updateNanos;

    private final LongAccumulator refaulted = new LongAccumulator(Saturating::add, 0);
    private final LongAccumulator reclaimed = new LongAccumulator(Saturating::add, 0);

    /** All fields below are written under the lock of {@code this}. */
    private long updatedAt;

    private long seenRefaulted;
    private long seenReclaimed;
    private double weightRefaulted;
    private double weightReclaimed;
    private volatile int effectiveSeeks;

    Refaults(int seeks, Settings settings, LongSupplier nanoTime) {
        this.seeks = seeks;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.updateNanos = settings.halfLife().toNanos() / UPDATES;
        this.updatedAt = nanoTime.getAsLong();
        this.effectiveSeeks = seeks;
    }

    /** Adds objects that were reclaimed. */
    public void recordReclaimed(long objects) {
        reclaimed.accumulate(objects);
    }

    /** Adds objects that were reclaimed and soon asked for again. */
    public void recordRefaults(long objects) {
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

    /** The share of lately reclaimed objects that came back: 0 to 1. */
    public synchronized double rate() {
        update(nanoTime.getAsLong());
        return currentRate();
    }

    /** The seeks that visits use. */
    public int seeks() {
        if (settings.raised()) {
            long now = nanoTime.getAsLong();
            synchronized (this) {
                if (now - updatedAt >= updateNanos || seenRefaulted != refaulted.get()) {
                    update(now);
                }
            }
        }
        return effectiveSeeks;
    }

    private void update(long now) {
        double kept =
                Math.pow(0.5, (double) (now - updatedAt) / settings.halfLife().toNanos());
        updatedAt = now;
        long allRefaulted = refaulted.get();
        long allReclaimed = reclaimed.get();
        weightRefaulted = weightRefaulted * kept + (allRefaulted - seenRefaulted);
        weightReclaimed = weightReclaimed * kept + (allReclaimed - seenReclaimed);
        seenRefaulted = allRefaulted;
        seenReclaimed = allReclaimed;
        if (settings.raised()) {
            double raised = seeks * (1 + (settings.maxFactor() - 1) * currentRate());
            effectiveSeeks = (int) Math.min(Math.round(raised), Integer.MAX_VALUE);
        }
    }

    private double currentRate() {
        return Math.min(1, weightRefaulted / (weightReclaimed + PRIOR));
    }
}
