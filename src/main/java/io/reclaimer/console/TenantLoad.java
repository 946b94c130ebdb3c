package io.reclaimer.console;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.reclaimer.adapter.HeldActor;
import io.reclaimer.adapter.HeldValues;
import java.time.Duration;
import java.util.Optional;

/**
 * The requests to one tenant: each looks a page and a session up by the same key, and loads what is not there. They come
 * in bursts, as many as the time since the last one asks for, at a rate that is the {@link Pace}'s matter.
 *
 * <p>The sessions are this actor's own; where the tenant has a home, it gives them up as the reclaimer asks. A page that
 * was loaded goes out as a response in a direct buffer, where there are any.
 *
 * <p>Stops with its parent. To {@link End} it only ends the requests: a shrinker that is asked by a round must not be gone
 * before the reclaimer has let go of it.
 */
final class TenantLoad extends AbstractBehavior<TenantLoad.Command> {

    sealed interface Command {}

    private enum Burst implements Command {
        INSTANCE
    }

    /** Goes on with a burst. */
    private enum Rest implements Command {
        INSTANCE
    }

    /** Ends the requests, and gives back all buffers; answered when that is done, also a second time. */
    record End(ActorRef<Ended> replyTo) implements Command {}

    record Ended(ActorRef<Command> load) {}

    static final Duration BURST_INTERVAL = Duration.ofMillis(10);

    /** A burst that comes later than this makes up for so much of the time only, so that a pause is not paid twice. */
    static final Duration LONGEST_CATCH_UP = Duration.ofMillis(50);

    /** In one go; then others have their turn: the reclaimer, which must not wait for all of a burst with each call. */
    private static final long MOST_REQUESTS_A_TURN = 32;

    static final double REQUESTS_PER_SECOND = 3_000;

    private final TenantCaches caches;
    private final HeldValues<Long, byte[]> sessions;
    private final Optional<Responses> responses;
    private final KeySource keys;
    private final Pace pace;
    private final OutOfMemory outOfMemory;
    private final TimerScheduler<Command> timers;
    private final long startNanos = System.nanoTime();
    private long lastNanos = startNanos;
    /** What the last burst left of a request. */
    private double fraction;
    /** Of the burst under way. */
    private long requestsLeft;

    private boolean ended;

    private TenantLoad(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            TenantCaches caches,
            HeldValues<Long, byte[]> sessions,
            KeySource keys,
            Pace pace,
            OutOfMemory outOfMemory) {
        super(context);
        this.timers = timers;
        this.caches = caches;
        this.sessions = sessions;
        this.responses = caches.home()
                .map(home -> new Responses(
                        home.buffers(),
                        home.cgroup(),
                        Responses.most(Runtime.getRuntime().maxMemory())));
        this.keys = keys;
        this.pace = pace;
        this.outOfMemory = outOfMemory;
        timers.startTimerWithFixedDelay(Burst.INSTANCE, Burst.INSTANCE, BURST_INTERVAL);
    }

    static Behavior<Command> create(TenantCaches caches, KeySource keys, Pace pace, OutOfMemory outOfMemory) {
        return caches.home()
                .map(home -> HeldActor.of(caches.sessionsSpec(), TenantLoad::noSessions)
                        .in(home.cgroup())
                        .<Command>behavior(
                                (context, sessions) -> load(context, caches, sessions, keys, pace, outOfMemory)))
                .orElseGet(
                        () -> Behaviors.setup(context -> load(context, caches, noSessions(), keys, pace, outOfMemory)));
    }

    private static Behavior<Command> load(
            ActorContext<Command> context,
            TenantCaches caches,
            HeldValues<Long, byte[]> sessions,
            KeySource keys,
            Pace pace,
            OutOfMemory outOfMemory) {
        return Behaviors.withTimers(
                timers -> new TenantLoad(context, timers, caches, sessions, keys, pace, outOfMemory));
    }

    private static HeldValues<Long, byte[]> noSessions() {
        return new HeldValues<Long, byte[]>().weigher(session -> session.length + TenantCaches.SESSION_OVERHEAD_BYTES);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Burst.class, this::onBurst)
                .onMessage(Rest.class, this::onRest)
                .onMessage(End.class, this::onEnd)
                .onSignal(PostStop.class, this::onPostStop)
                .build();
    }

    /** While one is under way the next one waits, and makes up for the time. */
    private Behavior<Command> onBurst(Burst message) {
        if (ended || requestsLeft > 0) {
            return this;
        }
        requestsLeft = requestsDue(System.nanoTime());
        return onRest(Rest.INSTANCE);
    }

    private Behavior<Command> onRest(Rest message) {
        if (ended) {
            return this;
        }
        try {
            long nowNanos = System.nanoTime();
            responses.ifPresent(inFlight -> inFlight.closeSent(nowNanos));
            long requests = Math.min(requestsLeft, MOST_REQUESTS_A_TURN);
            request(requests, nowNanos);
            requestsLeft -= requests;
            if (requestsLeft > 0) {
                getContext().getSelf().tell(Rest.INSTANCE);
            }
        } catch (OutOfMemoryError e) {
            outOfMemory.die();
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
        double rate = REQUESTS_PER_SECOND * pace.factor(caches.tenant(), Duration.ofNanos(nowNanos - startNanos));
        double due = fraction + sinceNanos * rate / Duration.ofSeconds(1).toNanos();
        fraction = due - Math.floor(due);
        return (long) due;
    }

    private void request(long requests, long nowNanos) {
        long found = 0;
        for (long i = 0; i < requests && !outOfMemory.isDying(); i++) {
            long key = keys.next();
            found += usePage(key, nowNanos) ? 1 : 0;
            found += useSession(key) ? 1 : 0;
        }
        caches.hits().add(found, 2 * requests);
        caches.heldSessions().set(sessions.size());
    }

    private boolean usePage(long key, long nowNanos) {
        if (caches.pages().getIfPresent(key) != null) {
            return true;
        }
        byte[] page = Values.load(key);
        caches.pages().put(key, page);
        responses.ifPresent(inFlight -> inFlight.start(page, nowNanos));
        return false;
    }

    private boolean useSession(long key) {
        if (sessions.get(key).isPresent()) {
            return true;
        }
        sessions.put(key, Values.load(key));
        return false;
    }
}
