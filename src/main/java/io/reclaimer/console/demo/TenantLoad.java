package io.reclaimer.console.demo;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.reclaimer.adapter.ReclaimableActor;
import io.reclaimer.adapter.ReclaimableMap;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/**
 * The requests to one tenant. Each request looks up a page and a session by the same key, and loads them on a miss.
 * Requests come in bursts; the size of a burst follows from the {@link Pace} and the time since the previous one.
 *
 * <p>The actor holds the sessions itself, and gives them up as the reclaimer asks. A loaded page is sent as a response
 * in a direct buffer, if there is a pool.
 *
 * <p>Stops with its parent. {@link End} ends the requests only: the actor is a shrinker, and has to be there until the
 * reclaimer has freed it.
 */
public final class TenantLoad extends AbstractBehavior<TenantLoad.Command> {

    public sealed interface Command {}

    private enum BurstDue implements Command {
        INSTANCE
    }

    /** Continues the burst under way. */
    private enum NextSlice implements Command {
        INSTANCE
    }

    /** Ends the requests and returns all buffers. Every such message is answered. */
    record End(ActorRef<Ended> replyTo) implements Command {}

    record Ended(ActorRef<Command> load) {}

    /** The keys and the rate of the requests. */
    public record Traffic(LongSupplier keys, Pace pace) {}

    public static final Duration BURST_INTERVAL = Duration.ofMillis(10);

    /** A burst makes up for at most this much time, so that a pause does not cause a flood of requests. */
    static final Duration LONGEST_CATCH_UP = Duration.ofMillis(50);

    /** The requests between two messages, so that a call of the reclaimer does not wait for a whole burst. */
    private static final long REQUESTS_PER_SLICE = 32;

    public static final double REQUESTS_PER_SECOND = 3_000;

    private final TenantCaches caches;
    private final ReclaimableMap<Long, byte[]> sessions;
    private final Optional<Responses> responses;
    private final Traffic traffic;
    private final OutOfMemoryExit outOfMemory;
    private final TimerScheduler<Command> timers;
    private final long startNanos = System.nanoTime();
    private long lastNanos = startNanos;

    /** The fraction of a request that the previous burst could not send. */
    private double fraction;

    /** The requests of the burst under way that are still to be sent. */
    private long pendingRequests;

    private boolean ended;

    private TenantLoad(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            TenantCaches caches,
            ReclaimableMap<Long, byte[]> sessions,
            Traffic traffic,
            OutOfMemoryExit outOfMemory) {
        super(context);
        this.timers = timers;
        this.caches = caches;
        this.sessions = sessions;
        this.responses = caches.reclaim()
                .map(reclaim -> new Responses(
                        reclaim.buffers(),
                        reclaim.cgroup(),
                        Responses.maxInFlight(Runtime.getRuntime().maxMemory())));
        this.traffic = traffic;
        this.outOfMemory = outOfMemory;
        timers.startTimerWithFixedDelay(BurstDue.INSTANCE, BurstDue.INSTANCE, BURST_INTERVAL);
    }

    public static Behavior<Command> create(TenantCaches caches, Traffic traffic, OutOfMemoryExit outOfMemory) {
        BiFunction<ActorContext<Command>, ReclaimableMap<Long, byte[]>, Behavior<Command>> load = (context, sessions) ->
                Behaviors.withTimers(timers -> new TenantLoad(context, timers, caches, sessions, traffic, outOfMemory));
        return caches.reclaim()
                .map(reclaim -> ReclaimableActor.of(caches.sessionsSpec(), TenantLoad::noSessions)
                        .in(reclaim.cgroup())
                        .behavior(load))
                .orElseGet(() -> Behaviors.setup(context -> load.apply(context, noSessions())));
    }

    private static ReclaimableMap<Long, byte[]> noSessions() {
        return new ReclaimableMap<Long, byte[]>()
                .weigher(session -> session.length + TenantCaches.SESSION_OVERHEAD_BYTES);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(BurstDue.class, this::onBurstDue)
                .onMessage(NextSlice.class, this::onNextSlice)
                .onMessage(End.class, this::onEnd)
                .onSignal(PostStop.class, this::onPostStop)
                .build();
    }

    /** Ignored during a burst: the next burst makes up for the time. */
    private Behavior<Command> onBurstDue(BurstDue message) {
        if (ended || pendingRequests > 0) {
            return this;
        }
        pendingRequests = requestsDue(System.nanoTime());
        return onNextSlice(NextSlice.INSTANCE);
    }

    private Behavior<Command> onNextSlice(NextSlice message) {
        if (ended) {
            return this;
        }
        try {
            long nowNanos = System.nanoTime();
            responses.ifPresent(inFlight -> inFlight.closeSent(nowNanos));
            long requests = Math.min(pendingRequests, REQUESTS_PER_SLICE);
            request(requests, nowNanos);
            pendingRequests -= requests;
            if (pendingRequests > 0) {
                getContext().getSelf().tell(NextSlice.INSTANCE);
            }
        } catch (OutOfMemoryError e) {
            outOfMemory.exit();
        }
        return this;
    }

    private Behavior<Command> onEnd(End message) {
        ended = true;
        timers.cancelAll();
        responses.ifPresent(Responses::closeAll);
        message.replyTo().tell(new Ended(getContext().getSelf()));
        return this;
    }

    private Behavior<Command> onPostStop(PostStop signal) {
        responses.ifPresent(Responses::closeAll);
        return this;
    }

    private long requestsDue(long nowNanos) {
        long sinceNanos = Math.min(nowNanos - lastNanos, LONGEST_CATCH_UP.toNanos());
        lastNanos = nowNanos;
        double rate =
                REQUESTS_PER_SECOND * traffic.pace().factor(caches.tenant(), Duration.ofNanos(nowNanos - startNanos));
        double due = fraction + sinceNanos * rate / Duration.ofSeconds(1).toNanos();
        fraction = due - Math.floor(due);
        return (long) due;
    }

    private void request(long requests, long nowNanos) {
        long found = 0;
        for (long i = 0; i < requests && !outOfMemory.isUnderWay(); i++) {
            long key = traffic.keys().getAsLong();
            found += findPage(key, nowNanos) ? 1 : 0;
            found += findSession(key) ? 1 : 0;
        }
        caches.hits().add(found, 2 * requests);
        caches.sessionCount().set(sessions.size());
    }

    /** Returns whether the page was cached; loads it otherwise. */
    private boolean findPage(long key, long nowNanos) {
        if (caches.pages().getIfPresent(key) != null) {
            return true;
        }
        byte[] page = Payload.load(key);
        caches.pages().put(key, page);
        responses.ifPresent(inFlight -> inFlight.start(page, nowNanos));
        return false;
    }

    /** Returns whether the session was held; loads it otherwise. */
    private boolean findSession(long key) {
        if (sessions.get(key).isPresent()) {
            return true;
        }
        sessions.put(key, Payload.load(key));
        return false;
    }
}
