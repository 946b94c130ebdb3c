package io.reclaimer.engine;

import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What all walks of one round share: when to stop, and what was done. Any thread.
 *
 * <p>A target is in objects or in bytes. It is checked between scan calls: each thread that is inside one when the target is met finishes that
 * call, so a round goes beyond its target by less than a batch a thread. The same holds for each call under way that is
 * answered later; of these there is one an actor, as many as configured of blocking ones, and of stages one for each pair
 * that is being visited.
 */
final class RoundWork {

    /**
     * How many bytes one scan call is asked for at most, or one object where that is larger: 128 objects of 8 KiB. Only where the
     * target is in bytes.
     */
    static final long LARGEST_BATCH_BYTES = 1 << 20;

    /** What to free; null for one pass. */
    private final @Nullable ReclaimTarget target;

    /** The same; {@link Long#MAX_VALUE} for one pass. */
    private final long targetAmount;

    private final boolean isInBytes;
    private final long unknownObjectBytes;
    private final Set<ReclaimFlag> flags;
    private final boolean mayBlock;
    private final boolean losslessOnly;

    /** Only those that a round left out whose caller could not wait. */
    private final boolean onlyLeft;

    /** Visits that were not made, or ended early, by cause. */
    private final LongAdder[] shortfalls =
            Stream.generate(LongAdder::new).limit(Shortfall.values().length).toArray(LongAdder[]::new);

    private final Tally tally = new Tally();
    private final FreedTable details;

    /** Where shrinkers are only counted; null where they are scanned. */
    private final @Nullable CountTally counts;

    /** Late visits of which the round hears when they end: its own, and others that keep it from asking. */
    private final AtomicInteger lateVisits = new AtomicInteger();

    /** Who hears that a shrinker is late no more; set by the round before the first visit, taken back when it has answered. */
    private volatile @Nullable LateListener lateListener;

    /** Hears that no late visit of a shrinker is under way in a pair any more. Any thread. */
    interface LateListener {
        /** @param skippedIn the number of the last pass in which the shrinker was passed over; 0 where in none */
        void ended(Pair pair, ShrinkerEntry entry, long skippedIn);
    }

    /** Objects or bytes freed, kept only where there is a target: all threads write it. */
    private final AtomicLong towardsTarget = new AtomicLong();

    /** Set once: by the walk that meets the target, or by the round when it is over. */
    private volatile boolean stopped;

    private RoundWork(
            Optional<ReclaimTarget> target,
            Set<ReclaimFlag> flags,
            boolean onlyLeft,
            int listed,
            @Nullable CountTally counts) {
        this.target = target.orElse(null);
        this.targetAmount = target.map(ReclaimTarget::amount).orElse(Long.MAX_VALUE);
        this.isInBytes = target.map(ReclaimTarget::isInBytes).orElse(false);
        this.unknownObjectBytes =
                target.map(ReclaimTarget::unknownObjectBytes).orElse(ShrinkerSpec.DEFAULT_OBJECT_BYTES);
        this.counts = counts;
        this.flags = flags;
        this.mayBlock = !flags.contains(ReclaimFlag.MAY_NOT_BLOCK);
        this.losslessOnly = flags.contains(ReclaimFlag.LOSSLESS_ONLY);
        this.onlyLeft = onlyLeft;
        this.details = new FreedTable(listed);
    }

    /** What a round is to do, of that spec. */
    static RoundWork of(RoundSpec spec, int listed) {
        return spec.countOnly()
                ? new RoundWork(Optional.empty(), spec.flags(), false, listed, new CountTally(spec.nodes()))
                : new RoundWork(spec.target(), spec.flags(), spec.onlyLeft(), listed, null);
    }

    /** Where shrinkers are only asked what they could free; null where they are scanned as well. */
    @Nullable
    CountTally counts() {
        return counts;
    }

    /** Whether a shrinker is one that this round asks. */
    boolean wants(ShrinkerEntry entry) {
        return (mayBlock || !entry.mayBlock())
                && (!losslessOnly || entry.isLossless())
                && (!onlyLeft || entry.mayBlock());
    }

    /** Whether a shrinker is left out only because the caller can't wait. */
    boolean leaves(ShrinkerEntry entry) {
        return counts == null && !mayBlock && entry.mayBlock() && (!losslessOnly || entry.isLossless());
    }

    /** A visit was not made, or ended early. */
    void fallsShort(Shortfall why) {
        fallsShort(why, 1);
    }

    /** So many visits were not made, or ended early. */
    void fallsShort(Shortfall why, int visits) {
        shortfalls[why.ordinal()].add(visits);
    }

    /** Visits that were not made, or ended early, by cause; without those of which there are none. */
    Map<Shortfall, Long> shortfalls() {
        Map<Shortfall, Long> counts = new EnumMap<>(Shortfall.class);
        for (Shortfall why : Shortfall.values()) {
            long count = shortfalls[why.ordinal()].sum();
            if (count > 0) {
                counts.put(why, count);
            }
        }
        return Collections.unmodifiableMap(counts);
    }

    /** Visits left out because the caller can't wait. */
    long left() {
        return shortfalls[Shortfall.MAY_NOT_BLOCK.ordinal()].sum();
    }

    /** Says who hears that shrinkers are late no more; null: the round has answered. */
    void tellOfLate(@Nullable LateListener listener) {
        lateListener = listener;
    }

    /** Whether the round has answered. */
    boolean isClosed() {
        return lateListener == null;
    }

    /** From now on it waits to hear of one more. */
    void waitsForLate() {
        lateVisits.incrementAndGet();
    }

    /** A shrinker is late no more: the round is told, and waits to hear of it until it has ({@link #hasHeardOfLate}). */
    void lateEnded(Pair pair, ShrinkerEntry entry, long skippedIn) {
        LateListener listener = lateListener;
        if (listener != null) {
            listener.ended(pair, entry, skippedIn);
        }
    }

    /** The round has heard that a shrinker is late no more. Not before: it would take itself to be done in between. */
    void hasHeardOfLate() {
        lateVisits.decrementAndGet();
    }

    /** How many it waits to hear of. */
    int lateVisits() {
        return lateVisits.get();
    }

    boolean hasTarget() {
        return target != null;
    }

    Set<ReclaimFlag> flags() {
        return flags;
    }

    /** Whether walks are to end where they are. */
    boolean isStopped() {
        return stopped;
    }

    void stop() {
        stopped = true;
    }

    /** What is left of the target; empty where there is none, or it is met. */
    Optional<ReclaimTarget> missing() {
        return target == null || isMet() ? Optional.empty() : Optional.of(target.less(towardsTarget.get()));
    }

    boolean isMet() {
        return target != null && towardsTarget.get() >= targetAmount;
    }

    /** A scan call freed that. */
    void towardsTarget(long objects, long bytes) {
        if (target != null
                && towardsTarget.accumulateAndGet(isInBytes ? bytes : objects, Saturating::add) >= targetAmount) {
            stopped = true;
        }
    }

    /** How many bytes a scan call is to free at most: what is missing, at least 1; unbounded where the target is in objects. */
    long mostBytes() {
        return isInBytes ? Math.max(1, targetAmount - towardsTarget.get()) : Long.MAX_VALUE;
    }

    /** How many bytes an object of a shrinker is reckoned with. */
    long objectBytes(ShrinkerEntry entry) {
        return entry.objectSize().bytesOr(unknownObjectBytes);
    }

    /** How many objects of a shrinker one scan call is asked for at most. */
    long batchOf(ShrinkerEntry entry) {
        long batch = entry.spec().batch();
        return isInBytes ? Math.min(batch, Math.max(1, LARGEST_BATCH_BYTES / objectBytes(entry))) : batch;
    }

    /** How many of the objects that are next a scan call is asked for: no more than are missing, at least 1. */
    long portionOf(ShrinkerEntry entry, long objects) {
        if (!isInBytes) {
            return objects;
        }
        long size = objectBytes(entry);
        long missing = mostBytes();
        return Math.min(objects, missing / size + (missing % size == 0 ? 0 : 1));
    }

    Tally tally() {
        return tally;
    }

    /** What was freed, by cgroup and shrinker. */
    FreedTable details() {
        return details;
    }
}
