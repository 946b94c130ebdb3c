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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
     * @param leastPerShard the number of entities that a shard may keep, 1 or more; with 0, each message would start an
     *     entity and stop it at once
     * @param stopDeadline how long a scan waits for entities to stop; less than the deadline of a call
     * @param growAfter how long a lowered limit stays before it grows. It grows whether or not there are scans, because
     *     under steady pressure it would otherwise only ever be lowered.
     * @param growInterval the time between two steps; each adds {@code 1 / }{@value #STEPS} of {@code limit}, rounded
     *     down, but at least 1
     */
    public record Settings(
            int limit, int leastPerShard, Duration stopDeadline, Duration growAfter, Duration growInterval) {

        public Settings {
            Objects.requireNonNull(stopDeadline, "stopDeadline");
            Objects.requireNonNull(growAfter, "growAfter");
            Objects.requireNonNull(growInterval, "growInterval");
            if (limit < 1 || leastPerShard < 1 || leastPerShard > limit) {
                throw new IllegalArgumentException("limit is [" + limit + "] and leastPerShard is [" + leastPerShard
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

    private enum QueryDeadline {
        INSTANCE
    }

    private enum Look {
        INSTANCE
    }

    private enum StopDeadline {
        INSTANCE
    }

    private enum Stale {
        INSTANCE
    }

    private enum Lowered {
        INSTANCE
    }

    private enum Grow {
        INSTANCE
    }

    /** The number of steps in which a large limit grows from nothing to its full size. */
    static final int STEPS = 64;

    /**
     * The time for which a count is answered from the last statistics. Each query makes the region ask all its shards.
     */
    static final Duration STALE_AFTER = Duration.ofSeconds(1);

    /** By default a region waits 3 s for its shards. */
    static final Duration QUERY_DEADLINE = Duration.ofSeconds(4);

    /** The answer to a count while the number is unknown: above 0, so that a round that needs bytes scans. */
    private static final long UNKNOWN = 1;

    /** The maximum number of silent shards named in the log. */
    private static final int NAMED = 5;

    /** The time from setting a limit to the first query for its effect; each later interval is twice as long. */
    static final Duration FIRST_LOOK = Duration.ofMillis(10);

    private final ActorRef region;
    private final Settings settings;
    private final TimerScheduler<Object> timers;
    private final ActorRef statsReplies;

    private int limit;
    private Optional<ShardedLoad> known = Optional.empty();
    private boolean warned;
    private boolean warnedOfSilence;

    private final Deque<ShrinkerMessage> waiting = new ArrayDeque<>();
    private Optional<ShrinkerMessage> current = Optional.empty();
    private Optional<Lowering> lowering = Optional.empty();

    /**
     * A scan whose limit is set.
     *
     * @param before the entities of all shards before the limit was set
     * @param seen the entities of each shard by its last answer
     * @param expected the number of entities that have to stop
     * @param nextLook the time to the next query
     */
    private record Lowering(
            ScanObjects message, ShardedLoad before, ShardedLoad seen, long expected, Duration nextLook) {

        /** Returns this with a later answer of the region. A shard missing from that answer keeps its number. */
        Lowering looked(ShardedLoad now) {
            return new Lowering(message, before, seen.updatedBy(now), expected, nextLook.multipliedBy(2));
        }

        long stopped() {
            return Math.max(0, before.total() - seen.total());
        }
    }

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
                .onMessage(QueryDeadline.class, this::onQueryDeadline)
                .onMessage(Look.class, this::onLook)
                .onMessage(StopDeadline.class, this::onStopDeadline)
                .onMessage(Stale.class, this::onStale)
                .onMessage(Lowered.class, this::onLowered)
                .onMessage(Grow.class, this::onGrow)
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
        timers.cancel(QueryDeadline.INSTANCE);
        Map<String, Integer> entities = new HashMap<>();
        message.stats().getStats().forEach((shard, count) -> entities.put(shard, (Integer) count));
        ShardedLoad load = new ShardedLoad(entities, message.stats().getFailed());
        known = Optional.of(load);
        warnedOfSilence &= !load.isComplete();
        timers.startSingleTimer(Stale.INSTANCE, Stale.INSTANCE, STALE_AFTER);
        if (lowering.isPresent()) {
            look(lowering.get(), load);
        } else if (current.isPresent() && current.get() instanceof CountObjects count) {
            reply(count, load);
        } else if (current.isPresent() && current.get() instanceof ScanObjects scan) {
            lower(scan, load);
        }
        return this;
    }

    private Behavior<Object> onQueryDeadline(QueryDeadline message) {
        getContext()
                .getLog()
                .warn("Region [{}] did not say within [{}] how many entities it has", region.path(), QUERY_DEADLINE);
        if (current.isPresent() && current.get() instanceof CountObjects count) {
            count.reply(UNKNOWN);
            done();
        } else if (lowering.isEmpty() && current.isPresent() && current.get() instanceof ScanObjects scan) {
            scan.reply(Shrinker.STOP);
            done();
        }
        return this;
    }

    private Behavior<Object> onLook(Look message) {
        if (lowering.isPresent()) {
            query();
        }
        return this;
    }

    private Behavior<Object> onStopDeadline(StopDeadline message) {
        lowering.ifPresent(late -> {
            if (late.stopped() == 0 && !warned) {
                warned = true;
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
            late.message().reply(late.stopped());
            done();
        });
        return this;
    }

    private Behavior<Object> onStale(Stale message) {
        known = Optional.empty();
        nextCall();
        return this;
    }

    private Behavior<Object> onLowered(Lowered message) {
        timers.startTimerWithFixedDelay(Grow.INSTANCE, Grow.INSTANCE, settings.growInterval());
        return this;
    }

    private Behavior<Object> onGrow(Grow message) {
        int step = Math.max(1, settings.limit() / STEPS);
        setLimit(step > settings.limit() - limit ? settings.limit() : limit + step);
        if (limit == settings.limit()) {
            timers.cancel(Grow.INSTANCE);
        }
        return this;
    }

    private void nextCall() {
        while (current.isEmpty() && !waiting.isEmpty()) {
            ShrinkerMessage next = waiting.remove();
            if (next instanceof CountObjects count && known.isPresent()) {
                reply(count, known.get());
            } else {
                current = Optional.of(next);
                query();
            }
        }
    }

    private void done() {
        timers.cancel(Look.INSTANCE);
        timers.cancel(StopDeadline.INSTANCE);
        current = Optional.empty();
        lowering = Optional.empty();
        nextCall();
    }

    private void query() {
        region.tell(ShardRegion.getRegionStatsInstance(), statsReplies);
        timers.startSingleTimer(QueryDeadline.INSTANCE, QueryDeadline.INSTANCE, QUERY_DEADLINE);
    }

    /** Answers how many entities scans can stop, but never EMPTY: entities may have started since the query. */
    private void reply(CountObjects message, ShardedLoad load) {
        long freeable = load.above(settings.leastPerShard());
        message.reply(load.isComplete() ? freeable : Math.max(UNKNOWN, freeable));
        if (current.isPresent()) {
            done();
        }
    }

    private void lower(ScanObjects message, ShardedLoad load) {
        if (!load.isComplete()) {
            warnOfSilence(load);
            message.reply(Shrinker.STOP);
            done();
            return;
        }
        int level = load.levelStopping(message.nrToScan(), settings.leastPerShard());
        long expected = load.above(level);
        if (expected == 0) {
            message.reply(Shrinker.STOP);
            done();
            return;
        }
        if (!timers.isTimerActive(Lowered.INSTANCE) && !timers.isTimerActive(Grow.INSTANCE)) {
            timers.startSingleTimer(Lowered.INSTANCE, Lowered.INSTANCE, settings.growAfter());
        }
        lowering = Optional.of(new Lowering(message, load, load, expected, FIRST_LOOK));
        timers.startSingleTimer(Look.INSTANCE, Look.INSTANCE, FIRST_LOOK);
        timers.startSingleTimer(StopDeadline.INSTANCE, StopDeadline.INSTANCE, settings.stopDeadline());
        setLimit((int) Math.min(limit, (long) level * load.shards()));
    }

    private void warnOfSilence(ShardedLoad load) {
        if (warnedOfSilence) {
            return;
        }
        warnedOfSilence = true;
        getContext()
                .getLog()
                .warn(
                        "[{}] of [{}] shards of region [{}] did not say how many entities they have, among them {}. No"
                                + " entity is stopped until all shards say so",
                        load.unanswered().size(),
                        load.shards(),
                        region.path(),
                        load.unanswered().stream().sorted().limit(NAMED).toList());
    }

    private void look(Lowering waitingFor, ShardedLoad load) {
        Lowering looked = waitingFor.looked(load);
        if (looked.stopped() >= looked.expected()) {
            looked.message().reply(looked.stopped());
            done();
            return;
        }
        lowering = Optional.of(looked);
        timers.startSingleTimer(Look.INSTANCE, Look.INSTANCE, looked.nextLook());
    }

    private void setLimit(int newLimit) {
        limit = newLimit;
        region.tell(new ShardRegion.SetActiveEntityLimit(newLimit), ActorRef.noSender());
    }
}
