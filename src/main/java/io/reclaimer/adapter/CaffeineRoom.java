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
 * The maximum of a cache, where the application wants it lowered: so that the freed room is not filled again at once.
 *
 * <p>It is changed at most once an interval, in steps of an eighth of the most that the cache has held: down to what the cache
 * holds, where something was reclaimed since the last change, and otherwise up by one step, until it is what the application
 * gave. Each change resets the cache's admission window and the search for a better one, so it has to be rare.
 *
 * <p>A maximum that the application sets meanwhile is left as it is, and is the one to go back to from then on.
 *
 * <p>Thread-safe. While the maximum is lowered there is one task with the actor system's scheduler; when the shrinker is
 * freed or the system ends, that task gives all of it back.
 */
final class CaffeineRoom {

    /** The size of a step, as a share of the most that the cache has held. */
    private static final int STEPS = 8;

    private final Cache<?, ?> cache;
    private final Policy.Eviction<?, ?> eviction;
    private final Duration interval;
    private final ActorSystem<?> system;
    private final BooleanSupplier freed;

    /*
     * All below is guarded by this. The cache's eviction lock is taken while it is held, never the other way round: the code
     * that runs under that lock is the cache's own and an eviction listener, which has no reason to come here.
     */
    private @Nullable Cancellable nextChange;
    private boolean lowered;
    private boolean reclaimedFrom;
    /** Where lowered: what the application gave. */
    private long original;
    /** Where lowered: what this has set last. */
    private long set;
    /** Since it was last not lowered: the most that the cache has held. */
    private long peak;

    /** @param freed whether the shrinker is freed, so that the room is given back */
    CaffeineRoom(
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
     * Something was reclaimed.
     *
     * @param amount as the maximum counts it
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
            giveBack();
        } else if (reclaimedFrom) {
            lower(held());
            scheduleChange();
        } else if (set + step() < Math.min(peak, original)) {
            set(set + step());
            scheduleChange();
        } else {
            giveBack();
        }
    }

    private void scheduleChange() {
        if (nextChange != null) {
            return;
        }
        try {
            nextChange = system.scheduler().scheduleOnce(interval, new Change(), system.executionContext());
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
        // The weight of what was removed is taken off with the cache's next maintenance.
        cache.cleanUp();
        return eviction.weightedSize().orElse(0);
    }

    /** Also the least that a cache is left, so that it is of some use when all was reclaimed. */
    private long step() {
        return Math.max(1, peak / STEPS);
    }

    /** Run by the scheduler when it ends as well, where it would otherwise just be forgotten. */
    private final class Change implements TaskRunOnClose {
        @Override
        public void run() {
            change();
        }
    }
}
