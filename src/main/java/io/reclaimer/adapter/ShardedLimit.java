package io.reclaimer.adapter;

import akka.actor.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.ShardRegion;
import akka.cluster.sharding.ShardRegion.ShardRegionStats;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ReparentObjects;
import io.reclaimer.ShrinkerMessage.ScanObjects;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A shrinker that stops entities of one shard region on this member by lowering the region's active-entity limit.
 * Entities are not asked; the region's passivation strategy chooses those that stop. Register it as a global shrinker,
 * on the node of the heap: {@code ShrinkerSpec.named("carts").onNodes(0)}.
 *
 * <p>The region needs a strategy with a limit ({@code akka.cluster.sharding.passivation}). A strategy without one
 * ignores the limit, and this shrinker then logs a warning. No other code should set the region's limit. A shard that
 * starts later has the configured limit until the limit is set again.
 *
 * <ol>
 *   <li>A scan asks the region for the number of entities of each shard, and sets a limit that stops as many as
 *       requested, or fewer; or, if every limit stops more, the fewest possible. If a shard does not answer because it
 *       is busy or starting, the limit would stop an unknown number of its entities. Then the scan sets no limit and
 *       answers {@link Shrinker#STOP}.
 *   <li>The scan asks again, at doubling intervals, until the entities have stopped or the deadline has passed. It
 *       answers how many fewer there are. An entity that stops later is missing from the answer; a later count sees
 *       that it is gone.
 *   <li>Some time after it was first lowered, the limit grows back in small steps.
 * </ol>
 *
 * <p>Counts and scans are served one at a time; others wait.
 */
public final class ShardedLimit extends AbstractBehavior<Object> {

    /**
     * The settings of a limit.
     *
     * @param limit the region's active-entity limit as configured; the limit grows back to it
     * @param minPerShard the number of entities that a shard may keep, 1 or more; with 0, each message would start an
     *     entity and stop it at once
     * @param stopDeadline how long a scan waits for entities to stop; less than the deadline of a call
     * @param growAfter how long a lowered limit stays before it grows. It grows whether or not there are scans, because
     *     under steady pressure it would otherwise only ever be lowered.
     * @param growInterval the time between two steps; each adds {@code 1 / }{@value #STEPS} of {@code limit}, rounded
     *     down, but at least 1
     */
    public record Settings(
            int limit, int minPerShard, Duration stopDeadline, Duration growAfter, Duration growInterval) {

        public Settings {
            Objects.requireNonNull(stopDeadline, "stopDeadline");
            Objects.requireNonNull(growAfter, "growAfter");
            Objects.requireNonNull(growInterval, "growInterval");
            if (limit < 1 || minPerShard < 1 || minPerShard > limit) {
                throw new IllegalArgumentException("limit is [" + limit + "] and minPerShard is [" + minPerShard
                        + "] but has to be 1 or more and at most the limit");
            }
            for (Duration duration : List.of(stopDeadline, growAfter, growInterval)) {
                if (duration.isZero() || duration.isNegative()) {
                    throw new IllegalArgumentException("A duration is [" + duration
                            + "] but has to be above 0: stopDeadline, growAfter and growInterval");
                }
            }
        }

        /**
         * Returns the default settings: 1 second to stop, growth after 10 seconds, and one step per second. A large
         * limit grows from nothing to its full size in about a minute.
         */
        public static Settings of(int limit) {
            return new Settings(limit, 1, Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(1));
        }
    }

    private record Counted(ShardRegionStats stats) {}

    /** Timers, and the messages that they send. */
    private enum Timer {
        /** The region has not answered the query in time. */
        QUERY_DEADLINE,
        /** The next query for the effect of a lowered limit is due. */
        POLL,
        /** The time for entities to stop is over. */
        STOP_DEADLINE,
        /** The last statistics are outdated. */
        OUTDATED,
        /** The limit may begin to grow. */
        GROW_AFTER,
        /** The limit grows by a step. */
        GROW
    }

    /** The number of steps in which a large limit grows from nothing to its full size. */
    static final int STEPS = 64;

    /**
     * The time for which a count is answered from the last statistics. Each query makes the region ask all its shards.
     */
    static final Duration OUTDATED_AFTER = Duration.ofSeconds(1);

    /** By default a region waits 3 s for its shards. */
    static final Duration QUERY_DEADLINE = Duration.ofSeconds(4);

    /** The answer to a count while the number is unknown: above 0, so that a round that needs bytes scans. */
    private static final long UNKNOWN = 1;

    /** The maximum number of unanswered shards named in the log. */
    private static final int MAX_NAMED = 5;

    /** The time from setting a limit to the first query for its effect; each later interval is twice as long. */
    static final Duration FIRST_POLL = Duration.ofMillis(10);

    private final ActorRef region;
    private final Settings settings;
    private final TimerScheduler<Object> timers;
    private final ActorRef statsReplies;

    private int limit;
    private Optional<ShardedLoad> lastLoad = Optional.empty();
    private boolean warnedOfNoEffect;
    private boolean warnedOfUnanswered;

    private final Deque<ShrinkerMessage> waiting = new ArrayDeque<>();
    private Optional<ShrinkerMessage> current = Optional.empty();
    private Optional<ShardedLowering> lowering = Optional.empty();

    private ShardedLimit(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            akka.actor.typed.ActorRef<?> region,
            Settings settings) {
        super(context);
        this.timers = timers;
        this.region = Adapter.toClassic(region);
        this.settings = settings;
        this.limit = settings.limit();
        this.statsReplies = Adapter.toClassic(context.messageAdapter(ShardRegionStats.class, Counted::new));
    }

    /**
     * Returns the shrinker's behavior, for one region.
     *
     * @param region the result of {@code ClusterSharding.init}, on a member that has the region itself, not a proxy
     */
    public static Behavior<ShrinkerMessage> create(akka.actor.typed.ActorRef<?> region, Settings settings) {
        Objects.requireNonNull(region, "region");
        Objects.requireNonNull(settings, "settings");
        return Behaviors.<Object>setup(
                        context -> Behaviors.withTimers(timers -> new ShardedLimit(context, timers, region, settings)))
                .narrow();
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(CountObjects.class, this::onCall)
                .onMessage(ScanObjects.class, this::onCall)
                .onMessage(ReparentObjects.class, this::onReparent)
                .onMessage(Counted.class, this::onCounted)
                .onMessageEquals(Timer.QUERY_DEADLINE, this::onQueryDeadline)
                .onMessageEquals(Timer.POLL, this::onPoll)
                .onMessageEquals(Timer.STOP_DEADLINE, this::onStopDeadline)
                .onMessageEquals(Timer.OUTDATED, this::onOutdated)
                .onMessageEquals(Timer.GROW_AFTER, this::onGrowAfter)
                .onMessageEquals(Timer.GROW, this::onGrow)
                .build();
    }

    private Behavior<Object> onCall(ShrinkerMessage message) {
        waiting.add(message);
        nextCall();
        return this;
    }

    /** A region belongs to no cgroup. */
    private Behavior<Object> onReparent(ReparentObjects message) {
        message.reply(0);
        return this;
    }

    private Behavior<Object> onCounted(Counted message) {
        timers.cancel(Timer.QUERY_DEADLINE);
        ShardedLoad load = ShardedLoad.of(message.stats());
        lastLoad = Optional.of(load);
        warnedOfUnanswered &= !load.isComplete();
        timers.startSingleTimer(Timer.OUTDATED, OUTDATED_AFTER);
        if (lowering.isPresent()) {
            updateLowering(lowering.get().polled(load));
        } else if (current.isPresent() && current.get() instanceof CountObjects count) {
            endCall(() -> reply(count, load));
        } else if (current.isPresent() && current.get() instanceof ScanObjects scan) {
            lower(scan, load);
        }
        return this;
    }

    private Behavior<Object> onQueryDeadline() {
        getContext()
                .getLog()
                .warn("Region [{}] did not say within [{}] how many entities it has", region.path(), QUERY_DEADLINE);
        if (current.isPresent() && current.get() instanceof CountObjects count) {
            endCall(() -> count.reply(UNKNOWN));
        } else if (lowering.isEmpty() && current.isPresent() && current.get() instanceof ScanObjects scan) {
            endCall(() -> scan.reply(Shrinker.STOP));
        }
        return this;
    }

    private Behavior<Object> onPoll() {
        lowering.ifPresent(pending -> query());
        return this;
    }

    private Behavior<Object> onStopDeadline() {
        lowering.ifPresent(late -> {
            if (late.stopped() == 0 && !warnedOfNoEffect) {
                warnedOfNoEffect = true;
                warnOfNoEffect(late);
            }
            endCall(late::reply);
        });
        return this;
    }

    private Behavior<Object> onOutdated() {
        lastLoad = Optional.empty();
        nextCall();
        return this;
    }

    private Behavior<Object> onGrowAfter() {
        timers.startTimerWithFixedDelay(Timer.GROW, settings.growInterval());
        return this;
    }

    private Behavior<Object> onGrow() {
        int step = Math.max(1, settings.limit() / STEPS);
        setLimit(step > settings.limit() - limit ? settings.limit() : limit + step);
        if (limit == settings.limit()) {
            timers.cancel(Timer.GROW);
        }
        return this;
    }

    private void nextCall() {
        while (current.isEmpty() && !waiting.isEmpty()) {
            ShrinkerMessage next = waiting.remove();
            if (next instanceof CountObjects count && lastLoad.isPresent()) {
                reply(count, lastLoad.get());
            } else {
                current = Optional.of(next);
                query();
            }
        }
    }

    /** Answers the current call, and begins the next one. */
    private void endCall(Runnable reply) {
        reply.run();
        timers.cancel(Timer.POLL);
        timers.cancel(Timer.STOP_DEADLINE);
        current = Optional.empty();
        lowering = Optional.empty();
        nextCall();
    }

    private void query() {
        region.tell(ShardRegion.getRegionStatsInstance(), statsReplies);
        timers.startSingleTimer(Timer.QUERY_DEADLINE, QUERY_DEADLINE);
    }

    /** Answers how many entities scans can stop, but never EMPTY: entities may have started since the query. */
    private void reply(CountObjects message, ShardedLoad load) {
        long freeable = load.above(settings.minPerShard());
        message.reply(load.isComplete() ? freeable : Math.max(UNKNOWN, freeable));
    }

    private void lower(ScanObjects message, ShardedLoad load) {
        int level = load.levelStopping(message.nrToScan(), settings.minPerShard());
        long expected = load.above(level);
        if (!load.isComplete() || expected == 0) {
            warnOfUnanswered(load);
            endCall(() -> message.reply(Shrinker.STOP));
            return;
        }
        if (!timers.isTimerActive(Timer.GROW_AFTER) && !timers.isTimerActive(Timer.GROW)) {
            timers.startSingleTimer(Timer.GROW_AFTER, settings.growAfter());
        }
        timers.startSingleTimer(Timer.STOP_DEADLINE, settings.stopDeadline());
        updateLowering(new ShardedLowering(message, load, load, expected, FIRST_POLL));
        setLimit((int) Math.min(limit, (long) level * load.shards()));
    }

    private void updateLowering(ShardedLowering now) {
        if (now.isDone()) {
            endCall(now::reply);
        } else {
            lowering = Optional.of(now);
            timers.startSingleTimer(Timer.POLL, now.nextPoll());
        }
    }

    private void warnOfUnanswered(ShardedLoad load) {
        if (load.isComplete() || warnedOfUnanswered) {
            return;
        }
        warnedOfUnanswered = true;
        getContext()
                .getLog()
                .warn(
                        "[{}] of [{}] shards of region [{}] did not say how many entities they have, among them {}. No"
                                + " entity is stopped until all shards say so",
                        load.unanswered().size(),
                        load.shards(),
                        region.path(),
                        load.unanswered().stream().sorted().limit(MAX_NAMED).toList());
    }

    private void warnOfNoEffect(ShardedLowering late) {
        getContext()
                .getLog()
                .warn(
                        "Region [{}] was set a limit of [{}] active entities and none of [{}] stopped within [{}]."
                                + " Has it a strategy with a limit [akka.cluster.sharding.passivation], and do"
                                + " its entities stop at their stop message?",
                        region.path(),
                        limit,
                        late.before().total(),
                        settings.stopDeadline());
    }

    private void setLimit(int newLimit) {
        limit = newLimit;
        region.tell(new ShardRegion.SetActiveEntityLimit(newLimit), ActorRef.noSender());
    }
}
