package io.reclaimer.adapter;

import akka.actor.Cancellable;
import akka.actor.Scheduler.TaskRunOnClose;
import akka.actor.typed.ActorSystem;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The maximum of a cache: lowered to what the cache holds when entries are reclaimed, so that the cache's own admission
 * policy decides what is worth the room that is left, and raised again slowly, if wanted only after a while without a
 * scan.
 *
 * <p>It grows by the same share of the most that was held each second; when that is reached again, the maximum is what the
 * application gave it, which may never have been reached at all. A maximum that the application sets meanwhile is left as
 * it is, and is what counts from then on.
 *
 * <p>Any thread. Each second there is one task with the actor system's scheduler, as long as there is something to grow
 * back; when the shrinker is freed or the system ends, that one gives all of it back.
 */
final class CaffeineRoom {

    /**
     * How long nothing may have been reclaimed before the cache grows again. None: where rounds come every second, as they
     * do in a process that lives close to its limit, a cache that waits for quiet only ever shrinks, while those without
     * a maximum fill what it gave up.
     */
    static final Duration QUIET = Duration.ZERO;

    /** In how many steps it grows back, one a second: some seconds for what a round frees in a blink. */
    static final int STEPS = 16;

    /** From step to step. */
    static final Duration STEP_TIME = Duration.ofSeconds(1);

    /**
     * How many puts wait for Caffeine's upkeep at most; who puts more waits for the eviction lock: 128 for each processor,
     * up to a power of two.
     */
    private static final long WAITING_PUTS =
            128L * powerOfTwo(Runtime.getRuntime().availableProcessors());

    /** How many entries Caffeine's smallest frequency sketch is made for. */
    private static final long SMALLEST_SKETCH = 256;

    private final Cache<?, ?> cache;
    private final Policy.Eviction<?, ?> eviction;
    private final AtomicInteger quietSteps = new AtomicInteger();

    /*
     * All below is guarded by this. The cache's eviction lock is taken while it is held, never the other way round: what
     * runs under that lock are the cache's own parts and an eviction listener, which has no reason to come here.
     */
    private @Nullable ActorSystem<?> system;
    private @Nullable Cancellable nextStep;
    private int stepsUntilGrowth = stepsIn(QUIET);
    private int growthSteps = STEPS;
    private boolean keep;
    private BooleanSupplier freed = () -> false;

    /** How many entries Caffeine's frequency sketch is made for; 0 where there is none. */
    private long sketchSize;
    /** When a scan had the sketch made anew: how many entries there were, how many in the window; how many went since. */
    private long heldAtFirst = 1;

    private long sparedAtFirst;
    private long reclaimedSince;

    private boolean lowered;
    /** Where lowered: what the application gave. */
    private long original;
    /** Where lowered: what this has set last. */
    private long set;
    /** Where lowered: the most that the cache has held. */
    private long peak;

    CaffeineRoom(Cache<?, ?> cache, Policy.Eviction<?, ?> eviction) {
        this.cache = cache;
        this.eviction = eviction;
    }

    synchronized void keepMaximum() {
        keep = true;
    }

    synchronized void growth(Duration quiet, int steps) {
        stepsUntilGrowth = stepsIn(quiet);
        growthSteps = steps;
    }

    /**
     * From now on the maximum is lowered.
     *
     * @param isFreed whether the shrinker is freed, so that all room is given back
     */
    synchronized void start(ActorSystem<?> newSystem, BooleanSupplier isFreed) {
        system = newSystem;
        freed = isFreed;
    }

    /** Something is reclaimed, or was tried to. */
    void scanned() {
        quietSteps.set(0);
    }

    /**
     * How many of the entries that are said to be the coldest should be left until there are no others.
     *
     * <p>0, unless Caffeine has made a new frequency sketch when it was reclaimed from. Then all entries seem to be used as
     * often, and of such it would first give away the window: the hundredth that was used last. This falls to 0 again until
     * as many entries as there were have been reclaimed; by then the sketch has seen enough.
     */
    synchronized long spared() {
        double gone = Math.min(1, (double) reclaimedSince / heldAtFirst);
        return sparedAtFirst - (long) (sparedAtFirst * gone);
    }

    /**
     * Something was reclaimed.
     *
     * @param objects entries
     * @param amount the same, as the maximum counts it
     */
    synchronized void reclaimed(long objects, long amount) {
        reclaimedSince += objects;
        long before = sketchSize;
        if (!keep && system != null && !freed.getAsBoolean()) {
            lower(amount);
        } else if (cache.estimatedSize() / 2 >= WAITING_PUTS) {
            noteReads();
        }
        if (sketchSize > before) {
            heldAtFirst = Math.max(1, cache.estimatedSize());
            sparedAtFirst = heldAtFirst / 100 + 1;
            reclaimedSince = 0;
        }
    }

    private void lower(long freed) {
        long maximum = eviction.getMaximum();
        if (!lowered || maximum != set) {
            lowered = false;
            original = maximum;
            peak = 0;
        }
        long held = held();
        peak = Math.max(peak, held + freed);
        long lower = Math.max(held, step());
        if (lower < maximum) {
            set(lower);
            sketched(cache.estimatedSize());
            if (!lowered) {
                lowered = true;
                scheduleStep();
            }
        }
    }

    /**
     * Has the cache note what is used. As long as it is less than half full it does not, and would give its entries away
     * in the order they came in. By weight, this has no effect: then it does when the maximum was lowered the first time.
     *
     * <p>More than half full is what the cache is made for a moment. Others can't have it evict anything meanwhile, as the
     * eviction lock is held, and what was put and waits for it has room; but for a cache of some hundred entries or less,
     * when very many are put at that very moment. What was noted so far is forgotten where the cache has grown too large
     * for it, which is seldom, as it is made for about twice as many each time.
     */
    synchronized void noteReads() {
        if (eviction.isWeighted() || (sketchSize > 0 && cache.estimatedSize() <= sketchSize)) {
            return;
        }
        // The lock may be taken again by who has it (CaffeineShrinkerTest.makingAShrinkerEvictsNothingWhileOthersPut).
        sketched(eviction.<Long>coldest(ignored -> moreThanHalfFull(cache.estimatedSize())));
    }

    /** Under the eviction lock. Answers for how many entries there is a sketch now. */
    private long moreThanHalfFull(long entries) {
        long maximum = eviction.getMaximum();
        // Not twice as many: of those that there are some may still wait for the upkeep.
        long lower = entries + Math.min(entries / 2 + 1, 2 * WAITING_PUTS);
        if (lower < maximum) {
            // Caffeine's frequency sketch comes to be, for so many entries, where a maximum is set that is at most
            // twice of what there is. It stays as it is when the maximum is raised, and when it is lowered.
            eviction.setMaximum(lower);
            eviction.setMaximum(maximum);
        }
        return lower;
    }

    /** Caffeine has made a sketch for so many entries, if it had none as large. */
    private void sketched(long entries) {
        if (entries > sketchSize) {
            sketchSize = Math.max(SMALLEST_SKETCH, powerOfTwo(entries));
        }
    }

    private synchronized void grow() {
        nextStep = null;
        if (!lowered || system == null) {
            return;
        }
        if (freed.getAsBoolean()) {
            giveBack();
            return;
        }
        if (eviction.getMaximum() != set) {
            lowered = false;
            return;
        }
        // One step more, as the scan came between two of them.
        if (quietSteps.incrementAndGet() > stepsUntilGrowth) {
            long higher = set + step();
            lowered = higher < peak && higher < original;
            set(lowered ? higher : original);
        }
        if (lowered) {
            scheduleStep();
        }
    }

    private void scheduleStep() {
        if (system == null || nextStep != null) {
            return;
        }
        try {
            nextStep = system.scheduler().scheduleOnce(STEP_TIME, new Step(), system.executionContext());
        } catch (IllegalStateException e) {
            // The system has ended, and nobody else would do it.
            giveBack();
        }
    }

    private void giveBack() {
        if (lowered && eviction.getMaximum() == set) {
            set(original);
        }
        lowered = false;
    }

    private void set(long maximum) {
        eviction.setMaximum(maximum);
        set = maximum;
    }

    private long held() {
        if (!eviction.isWeighted()) {
            return cache.estimatedSize();
        }
        // The weight of what was removed is taken off with the cache's next upkeep.
        cache.cleanUp();
        return eviction.weightedSize().orElse(0);
    }

    /** Also the least that a cache is left, so that it is of some use when all was reclaimed. */
    private long step() {
        return Math.max(1, peak / growthSteps);
    }

    /** The next one that is not less. */
    private static long powerOfTwo(long number) {
        return number <= 1 ? 1 : 2 * Long.highestOneBit(number - 1);
    }

    private static int stepsIn(Duration quiet) {
        return (int) Math.min(
                Integer.MAX_VALUE - 1, quiet.plus(STEP_TIME).minusNanos(1).toSeconds());
    }

    /** Run by the scheduler when it ends as well, where it would otherwise just be forgotten. */
    private final class Step implements TaskRunOnClose {
        @Override
        public void run() {
            grow();
        }
    }
}
