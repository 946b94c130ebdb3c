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
 * Frees entities of one shard region of this member by lowering the region's active-entity limit: nothing is asked of the
 * entities, and which of them stop is up to the region's passivation strategy. To be registered as a global shrinker, on
 * the node of the heap: {@code ShrinkerSpec.named("carts").onNodes(0)}.
 *
 * <p>The region has to be configured with a strategy that has a limit ({@code akka.cluster.sharding.passivation}); one
 * without takes no notice of it, which is warned of. Nobody else should set its limit. A shard that starts later has the configured
 * one until the limit is set again.
 *
 * <ol>
 *   <li>A scan asks the region how many entities each shard has, and sets the limit that stops as many as asked for. Where
 *       a shard does not answer, as it is busy or starting, no limit is set, and the scan answers
 *       {@link Shrinker#STOP}: the limit would stop an unknown number of its entities.
 *   <li>It looks again, ever less often, until so many have stopped, or until the deadline, and answers how many fewer
 *       there are. What stops later is not answered; a later count sees it.
 *   <li>A while after it was lowered, the limit grows back in small steps.
 * </ol>
 *
 * <p>One call at a time; others wait.
 */
public final class ShardedLimit extends AbstractBehavior<Object> {

    /**
     * How a limit is driven.
     *
     * @param limit the region's active-entity limit as configured: it grows back to this
     * @param leastPerShard how many entities a shard may always have, 1 or more; with none, each message would start an
     *     entity and stop it at once
     * @param stopDeadline how long a scan waits for entities to stop; less than the deadline of a call
     * @param growAfter how long a limit that was lowered stays so; then it grows until it is as configured, scans or not,
     *     for under steady pressure it would otherwise only ever be lowered
     * @param growInterval the time between two steps; each is {@code 1 / }{@value #STEPS} of {@code limit}
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

        /** A second to stop, growth after ten, a step a second: from nothing to the full limit in about a minute. */
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

    /** In how many steps a limit grows from nothing to all. */
    static final int STEPS = 64;

    /** For how long a count is answered from what was known: a region asks all its shards for each query. */
    static final Duration STALE_AFTER = Duration.ofSeconds(1);

    /** A region waits 3 s for its shards where not configured otherwise. */
    static final Duration QUERY_DEADLINE = Duration.ofSeconds(4);

    /** The count of what is not known: more than nothing, so that a round that is short finds the scan's answer. */
    private static final long UNKNOWN = 1;

    /** How many silent shards are named in the log. */
    private static final int NAMED = 5;

    /** The first look after a limit was set; each wait for the next is twice as long. */
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
     * @param before what all shards had
     * @param seen what they had when they last answered
     */
    private record Lowering(
            ScanObjects message, ShardedLoad before, ShardedLoad seen, long expected, Duration nextLook) {

        /** A shard that is silent now, or gone, has stopped nothing that is known of. */
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
     * The shrinker's behavior, for one region.
     *
     * @param region what {@code ClusterSharding.init} answered, on a member that has the region itself, not a proxy
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

    /** What scans can free, and never EMPTY, as entities may have started since the region was asked. */
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
