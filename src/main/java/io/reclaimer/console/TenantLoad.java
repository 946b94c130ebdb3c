package io.reclaimer.console;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;

/**
 * The requests to one tenant: each looks a page and a session up by the same key, and loads what is not there. They come
 * in bursts, as many as the time since the last one asks for, at a rate that changes with the {@link Phases}.
 *
 * <p>Stops with its parent.
 */
final class TenantLoad {

    enum Burst {
        INSTANCE
    }

    static final Duration BURST_INTERVAL = Duration.ofMillis(10);

    /** A burst that comes later than this makes up for so much of the time only, so that a pause is not paid twice. */
    static final Duration LONGEST_CATCH_UP = Duration.ofMillis(50);

    static final double REQUESTS_PER_SECOND = 3_000;

    private final TenantCaches caches;
    private final KeySource keys;
    private final OutOfMemory outOfMemory;
    private final long startNanos = System.nanoTime();
    private long lastNanos = startNanos;
    /** What the last burst left of a request. */
    private double fraction;

    private TenantLoad(TenantCaches caches, KeySource keys, OutOfMemory outOfMemory) {
        this.caches = caches;
        this.keys = keys;
        this.outOfMemory = outOfMemory;
    }

    static Behavior<Burst> create(TenantCaches caches, KeySource keys, OutOfMemory outOfMemory) {
        return Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Burst.INSTANCE, Burst.INSTANCE, BURST_INTERVAL);
            TenantLoad load = new TenantLoad(caches, keys, outOfMemory);
            return Behaviors.receive(Burst.class)
                    .onMessage(Burst.class, burst -> load.onBurst())
                    .build();
        });
    }

    private Behavior<Burst> onBurst() {
        try {
            request(requestsDue(System.nanoTime()));
        } catch (OutOfMemoryError e) {
            outOfMemory.die();
        }
        return Behaviors.same();
    }

    private long requestsDue(long nowNanos) {
        long sinceNanos = Math.min(nowNanos - lastNanos, LONGEST_CATCH_UP.toNanos());
        lastNanos = nowNanos;
        double rate = REQUESTS_PER_SECOND * Phases.factor(caches.tenant(), Duration.ofNanos(nowNanos - startNanos));
        double due = fraction + sinceNanos * rate / Duration.ofSeconds(1).toNanos();
        fraction = due - Math.floor(due);
        return (long) due;
    }

    private void request(long requests) {
        long found = 0;
        for (long i = 0; i < requests && !outOfMemory.isDying(); i++) {
            long key = keys.next();
            found += usePage(key) ? 1 : 0;
            found += useSession(caches.tenant().idOf(key)) ? 1 : 0;
        }
        caches.hits().add(found, 2 * requests);
    }

    private boolean usePage(long key) {
        if (caches.pages().getIfPresent(key) != null) {
            return true;
        }
        caches.pages().put(key, Values.load(key));
        return false;
    }

    private boolean useSession(long id) {
        if (caches.sessions().use(id) != null) {
            return true;
        }
        caches.sessions().put(id, Values.load(id));
        return false;
    }
}
