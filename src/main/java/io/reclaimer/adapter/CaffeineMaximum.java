package io.reclaimer.adapter;

import akka.actor.Cancellable;
import akka.actor.Scheduler.TaskRunOnClose;
import akka.actor.typed.ActorSystem;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lowered maximum of a cache, for an application that asks for it. Lowers the maximum after entries were reclaimed,
 * so that the freed space is not filled again at once, and raises it later.
 *
 * <p>Changes the maximum at most once per interval. A step is an eighth of the peak: the largest size of the cache
 * since the application's maximum was last in force. If entries were reclaimed since the last change, the maximum is
 * lowered to the current size, rounded up to a step. Otherwise it is raised by one step. When the next step would reach
 * the peak, the value that the application gave is restored. Changes have to be rare: each one resets the cache's
 * admission window and the search for a better one.
 *
 * <p>A maximum that the application sets in the meantime is kept. It is the value to restore from then on.
 *
 * <p>Thread-safe. While the maximum is lowered, one task is scheduled with the actor system. That task restores the
 * maximum when the shrinker is freed or the system ends.
 */
final class CaffeineMaximum {

    /** Number of steps in the peak. */
    private static final int STEPS = 8;

    private final Cache<?, ?> cache;
    private final Policy.Eviction<?, ?> eviction;
    private final Duration interval;
    private final ActorSystem<?> system;
    private final BooleanSupplier freed;

    /*
     * All fields below are guarded by this. The cache's eviction lock is taken while this lock is held, never the other
     * way round: the code that runs under the eviction lock is the cache's own and an eviction listener, which has no
     * reason to call this class.
     */

    private @Nullable Cancellable nextChange;

    /** Whether the maximum is lowered now. */
    private boolean lowered;

    /** Whether entries were reclaimed since the last change. */
    private boolean reclaimedFrom;

    /** The maximum that the application gave. Valid while lowered. */
    private long original;

    /** The maximum that this class has set last. Valid while lowered. */
    private long set;

    /** The largest size of the cache since the application's maximum was last restored. */
    private long peak;

    /** @param freed whether the shrinker is freed, so that the maximum is to be restored */
    CaffeineMaximum(
            Cache<?, ?> cache,
            Policy.Eviction<?, ?> eviction,
            Duration interval,
            ActorSystem<?> system,
            BooleanSupplier freed) {
        this.cache = cache;
        this.eviction = eviction;
        this.interval = interval;
        this.system = system;
        this.freed = freed;
    }

    /**
     * Records that entries were reclaimed. Lowers the maximum if no change is scheduled.
     *
     * @param amount in the unit of the maximum: objects or weight
     */
    synchronized void reclaimed(long amount) {
        if (freed.getAsBoolean()) {
            return;
        }
        long held = held();
        peak = Math.max(peak, held + amount);
        reclaimedFrom = true;
        if (nextChange == null) {
            lower(held);
        }
    }

    private void lower(long held) {
        reclaimedFrom = false;
        long maximum = eviction.getMaximum();
        if (lowered && maximum != set) {
            lowered = false;
        }
        long steps = Math.max(1, (held + step() - 1) / step());
        if (steps * step() < maximum) {
            original = lowered ? original : maximum;
            lowered = true;
            set(steps * step());
            scheduleChange();
        }
    }

    private synchronized void change() {
        nextChange = null;
        if (freed.getAsBoolean() || !lowered || eviction.getMaximum() != set) {
            restore();
        } else if (reclaimedFrom) {
            lower(held());
            scheduleChange();
        } else if (set + step() < Math.min(peak, original)) {
            set(set + step());
            scheduleChange();
        } else {
            restore();
        }
    }

    private void scheduleChange() {
        if (nextChange != null) {
            return;
        }
        try {
            nextChange = system.scheduler().scheduleOnce(interval, new Change(), system.executionContext());
        } catch (IllegalStateException e) {
            // The system has ended, so no later task would restore the maximum.
            restore();
        }
    }

    private void restore() {
        if (lowered && eviction.getMaximum() == set) {
            set(original);
        }
        lowered = false;
        peak = 0;
    }

    private void set(long maximum) {
        set = maximum;
        eviction.setMaximum(maximum);
    }

    private long held() {
        if (!eviction.isWeighted()) {
            return cache.estimatedSize();
        }
        // The cache subtracts the weight of removed entries in its next maintenance.
        cache.cleanUp();
        return eviction.weightedSize().orElse(0);
    }

    /**
     * Returns the size of a step. This is also the smallest maximum, so that the cache is still of some use when all
     * was reclaimed.
     */
    private long step() {
        return Math.max(1, peak / STEPS);
    }

    /** The scheduled change. The scheduler also runs it when it ends; a plain task would be dropped. */
    private final class Change implements TaskRunOnClose {
        @Override
        public void run() {
            change();
        }
    }
}
