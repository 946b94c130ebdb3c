package io.reclaimer.engine;

import io.reclaimer.engine.call.RoundLimits;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.unit.CountTally;
import io.reclaimer.engine.unit.ReclaimTarget;
import io.reclaimer.engine.unit.Shortfalls;
import io.reclaimer.engine.unit.Tally;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The state that all visits of one round share: when to stop, and what was done. Thread-safe.
 *
 * <p>A target is in objects or in bytes. It is checked between scan calls: each thread that is inside one when the
 * target is met finishes that call, so a round overshoots its target by less than one batch per thread. The same holds
 * for each call under way that is answered later: one per actor, as many as configured for blocking shrinkers, and one
 * per visited cgroup and node for stages.
 */
final class RoundWork implements RoundLimits {

    /**
     * How many bytes one scan call is asked for at most, or one object if that is larger: 128 objects of 8 KiB. Only if
     * the target is in bytes.
     */
    static final long LARGEST_BATCH_BYTES = 1 << 20;

    /** The target; null for one pass. */
    private final @Nullable ReclaimTarget target;

    /** The amount of the target; {@link Long#MAX_VALUE} for one pass. */
    private final long targetAmount;

    private final boolean isInBytes;
    private final long unknownObjectBytes;
    private final Set<ReclaimFlag> flags;
    private final boolean mayBlock;
    private final boolean losslessOnly;
    private final boolean isFollowUp;
    private final Tally tally = new Tally();
    private final Shortfalls shortfalls = new Shortfalls();
    private final FreedTable details;

    /** The counts of a round that only counts; null if it frees. */
    private final @Nullable CountTally counts;

    /** Late visits whose end the round waits for: its own, and others that keep it from visiting their shrinkers. */
    private final AtomicInteger lateVisits = new AtomicInteger();

    /** Set by the round before the first visit, and cleared when it has answered. */
    private volatile @Nullable LateListener lateListener;

    /**
     * A listener that is called when no late visit of a shrinker is under way any more in a cgroup on a node. Called by
     * any thread.
     */
    interface LateListener {
        /** @param skippedIn the number of the last pass that skipped the shrinker; 0 for none */
        void ended(CgroupPerNode perNode, ShrinkerEntry entry, long skippedIn);
    }

    /** Objects or bytes freed, kept only if there is a target, because all threads write it. */
    private final AtomicLong towardsTarget = new AtomicLong();

    /** Set once: by the thread that meets the target, or by the round when it is over. */
    private volatile boolean stopped;

    /** @param listed how many entries the report of the round lists */
    RoundWork(RoundSpec spec, int listed) {
        Optional<ReclaimTarget> toFree =
                spec.isCount() ? Optional.empty() : spec.goal().target();
        this.target = toFree.orElse(null);
        this.targetAmount = toFree.map(ReclaimTarget::amount).orElse(Long.MAX_VALUE);
        this.isInBytes = toFree.map(ReclaimTarget::isInBytes).orElse(false);
        this.unknownObjectBytes =
                toFree.map(ReclaimTarget::unknownObjectBytes).orElse(ShrinkerSpec.DEFAULT_OBJECT_BYTES);
        this.counts = spec.isCount() ? new CountTally(spec.scope().nodes()) : null;
        this.flags = spec.flags();
        this.mayBlock = !flags.contains(ReclaimFlag.MAY_NOT_BLOCK);
        this.losslessOnly = flags.contains(ReclaimFlag.LOSSLESS_ONLY);
        this.isFollowUp = spec.goal().kind() == RoundSpec.Kind.FOLLOW_UP;
        this.details = new FreedTable(listed);
    }

    /** The counts of a round that only counts; null if it frees. */
    @Nullable
    CountTally counts() {
        return counts;
    }

    /** Whether this round visits a shrinker. */
    boolean wants(ShrinkerEntry entry) {
        return (mayBlock || !entry.mayBlock())
                && (!losslessOnly || entry.isLossless())
                && (!isFollowUp || entry.mayBlock());
    }

    /** Whether this round visits each shrinker that is {@link ShrinkerEntry#isReady ready}. */
    boolean wantsAllReady() {
        return !losslessOnly && !isFollowUp;
    }

    /** Whether this round does not visit a shrinker only because its caller may not block. */
    boolean skips(ShrinkerEntry entry) {
        return counts == null && !mayBlock && entry.mayBlock() && (!losslessOnly || entry.isLossless());
    }

    /** Counts a visit that was not made, or ended early. */
    void countShortfall(Shortfall why) {
        shortfalls.add(why, 1);
    }

    /** Visits that were not made, or ended early. */
    Shortfalls shortfalls() {
        return shortfalls;
    }

    /** Sets the listener for shrinkers that are no longer late; null when the round has answered. */
    void setLateListener(@Nullable LateListener listener) {
        lateListener = listener;
    }

    /** Whether the round has answered. */
    boolean isClosed() {
        return lateListener == null;
    }

    /** Counts one more late visit that the round waits for. */
    void addLateVisit() {
        lateVisits.incrementAndGet();
    }

    /** Tells the round that a shrinker is no longer late. The late visit counts until {@link #removeLateVisit}. */
    void notifyLateVisitEnded(CgroupPerNode perNode, ShrinkerEntry entry, long skippedIn) {
        LateListener listener = lateListener;
        if (listener != null) {
            listener.ended(perNode, entry, skippedIn);
        }
    }

    /**
     * Stops counting a late visit, because the round has been told of its end. Done earlier, the round would seem to be
     * over in between.
     */
    void removeLateVisit() {
        lateVisits.decrementAndGet();
    }

    /** The number of late visits that the round waits for. */
    int lateVisits() {
        return lateVisits.get();
    }

    boolean hasTarget() {
        return target != null;
    }

    @Override
    public Set<ReclaimFlag> flags() {
        return flags;
    }

    @Override
    public boolean isStopped() {
        return stopped;
    }

    void stop() {
        stopped = true;
    }

    /** The missing part of the target; empty if there is none, or it is met. */
    Optional<ReclaimTarget> missing() {
        return target == null || isMet() ? Optional.empty() : Optional.of(target.less(towardsTarget.get()));
    }

    boolean isMet() {
        return target != null && towardsTarget.get() >= targetAmount;
    }

    /** Adds what a scan call freed. */
    void addTowardsTarget(long objects, long bytes) {
        if (target != null
                && towardsTarget.accumulateAndGet(isInBytes ? bytes : objects, Saturating::add) >= targetAmount) {
            stopped = true;
        }
    }

    /**
     * How many bytes a scan call frees at most: the missing ones, at least 1; unbounded if the target is not in bytes.
     */
    @Override
    public long maxBytes() {
        return isInBytes ? Math.max(1, targetAmount - towardsTarget.get()) : Long.MAX_VALUE;
    }

    /** The size of a shrinker's objects, known or assumed. */
    long objectBytes(ShrinkerEntry entry) {
        return entry.objectSize().bytesOr(unknownObjectBytes);
    }

    /** How many objects of a shrinker one scan call is asked for at most. */
    long batchOf(ShrinkerEntry entry) {
        long batch = entry.batch();
        return isInBytes ? Math.min(batch, Math.max(1, LARGEST_BATCH_BYTES / objectBytes(entry))) : batch;
    }

    /** How many of a batch of objects a scan call is asked for: no more than are missing, at least 1. */
    long portionOf(ShrinkerEntry entry, long objects) {
        if (!isInBytes) {
            return objects;
        }
        long size = objectBytes(entry);
        long missing = maxBytes();
        return Math.min(objects, missing / size + (missing % size == 0 ? 0 : 1));
    }

    Tally tally() {
        return tally;
    }

    /** The table of freed objects, by cgroup and shrinker. */
    FreedTable details() {
        return details;
    }
}
