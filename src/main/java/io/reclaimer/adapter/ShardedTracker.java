package io.reclaimer.adapter;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.javadsl.ClusterSharding.Passivate;
import akka.cluster.sharding.typed.javadsl.ClusterSharding.ShardCommand;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ReparentObjects;
import io.reclaimer.ShrinkerMessage.ScanObjects;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;

/**
 * The actor that keeps the entities of one type on this member in the order of their use, and stops the coldest. Its
 * guarantees are those of {@link ShardedEntities}. It accepts shrinker messages and the messages below.
 *
 * <p>An entity is in one of three states: in {@code order}, awaited by a scan, or in {@code hung}. Its end removes it
 * from any of them. The order is corrected lazily: a scan moves an entity that was used since it got its place to a new
 * one. The first entity that was not used since then is the coldest, because no other entity's last use is earlier than
 * its place. (An entity that was busy or hung gets the place of one used just then.)
 */
final class ShardedTracker extends AbstractBehavior<Object> {

    /** An entity was started or restarted. */
    record Started(String id, ActorRef<?> ref, ActorRef<ShardCommand> shard, ShardedUse use) {}

    /** An entity answered its question. */
    record Answered(ActorRef<?> entity, long question, boolean mayStop) {}

    /** The entities are registered as a shrinker. */
    record Registered(ShrinkerHandle handle) {}

    private record Ended(ActorRef<?> entity) {}

    private record StopDeadline(long scan) {}

    private record BackOffOver(long scan, List<ShardedEntity> entities) {}

    /** The number of stopped entities whose ids are remembered, to count refaults: 256 KiB, and the ids. */
    private static final int MAX_REMEMBERED = 1 << 14;

    /** The maximum number of hung entities named in the log. */
    private static final int MAX_NAMED = 5;

    private final String name;
    private final boolean asking;
    private final Duration stopDeadline;
    private final Duration hungBackOff;
    private final LongAdder hungStops;
    private final TimerScheduler<Object> timers;

    private final Map<ActorRef<?>, ShardedEntity> entities = new HashMap<>();
    private final TreeSet<ShardedEntity> order = new TreeSet<>(ShardedEntity.COLDEST_FIRST);
    private final Set<ShardedEntity> hung = new LinkedHashSet<>();
    private final Map<Long, ShardedScan> scans = new HashMap<>();
    private final GhostKeys<String> stopped = new GhostKeys<>(MAX_REMEMBERED);

    private Optional<ShrinkerHandle> handle = Optional.empty();
    private long nextPlace;
    private long lastQuestion;
    private long lastScan;

    private ShardedTracker(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            String name,
            boolean asking,
            Duration stopDeadline,
            Duration hungBackOff,
            LongAdder hungStops) {
        super(context);
        this.timers = timers;
        this.name = name;
        this.asking = asking;
        this.stopDeadline = stopDeadline;
        this.hungBackOff = hungBackOff;
        this.hungStops = hungStops;
    }

    /** @param asking whether entities are asked before they are passivated */
    static Behavior<Object> create(
            String name, boolean asking, Duration stopDeadline, Duration hungBackOff, LongAdder hungStops) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new ShardedTracker(context, timers, name, asking, stopDeadline, hungBackOff, hungStops)));
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(Started.class, this::onStarted)
                .onMessage(Ended.class, this::onEnded)
                .onMessage(Answered.class, this::onAnswered)
                .onMessage(Registered.class, this::onRegistered)
                .onMessage(CountObjects.class, this::onCount)
                .onMessage(ScanObjects.class, this::onScan)
                .onMessage(ReparentObjects.class, this::onReparent)
                .onMessage(StopDeadline.class, this::onStopDeadline)
                .onMessage(BackOffOver.class, this::onBackOffOver)
                .build();
    }

    private Behavior<Object> onStarted(Started message) {
        ShardedEntity known = entities.get(message.ref());
        if (known != null) {
            known.restarted(message.use());
            return this;
        }
        ShardedEntity entity =
                new ShardedEntity(message.id(), message.ref(), message.shard(), nextPlace++, message.use());
        entities.put(message.ref(), entity);
        order.add(entity);
        getContext().watchWith(message.ref(), new Ended(message.ref()));
        if (stopped.remove(message.id())) {
            handle.ifPresent(registered -> registered.recordRefaults(1));
        }
        return this;
    }

    private Behavior<Object> onEnded(Ended message) {
        ShardedEntity entity = entities.remove(message.entity());
        if (entity == null) {
            return this;
        }
        order.remove(entity);
        hung.remove(entity);
        if (entity.scan().isPresent()) {
            stopped.add(entity.id);
            entity.scan().get().ended(entity);
            finishIfDone(entity.scan().get());
        }
        return this;
    }

    /**
     * Handles an answer, even one that comes after the entity was given up, because the entity may have begun to stop.
     */
    private Behavior<Object> onAnswered(Answered message) {
        ShardedEntity entity = entities.get(message.entity());
        if (entity == null || !entity.isAsked(message.question())) {
            return this;
        }
        if (message.mayStop()) {
            passivate(entity);
            return this;
        }
        Optional<ShardedScan> scan = entity.scan();
        if (scan.isPresent() || hung.remove(entity)) {
            entity.noLongerAwaited();
            entity.orderLast();
            order.add(entity);
        }
        scan.ifPresent(awaiting -> {
            awaiting.awaited.remove(entity);
            finishIfDone(awaiting);
        });
        return this;
    }

    private Behavior<Object> onRegistered(Registered message) {
        handle = Optional.of(message.handle());
        return this;
    }

    private Behavior<Object> onCount(CountObjects message) {
        message.reply(entities.isEmpty() ? Shrinker.EMPTY : order.size() + usedAgain());
        return this;
    }

    private Behavior<Object> onScan(ScanObjects message) {
        takeBackUsedAgain();
        ShardedScan scan = new ShardedScan(++lastScan, message);
        long begun = ShardedUse.now();
        while (scan.awaited.size() < message.nrToScan() && !order.isEmpty()) {
            ShardedEntity coldest = order.pollFirst();
            // An entity in constant use is moved once per scan, then asked after all others. Otherwise the loop might
            // not end.
            if (coldest.isOutOfOrder() && !coldest.isOrderedSince(begun)) {
                coldest.orderByUse();
                order.add(coldest);
            } else {
                ask(coldest, scan);
            }
        }
        if (scan.awaited.isEmpty()) {
            message.reply(Shrinker.STOP);
            return this;
        }
        scans.put(scan.number, scan);
        timers.startSingleTimer(new StopDeadline(scan.number), stopDeadline);
        return this;
    }

    /** Entities belong to no cgroup. */
    private Behavior<Object> onReparent(ReparentObjects message) {
        message.reply(0);
        return this;
    }

    private Behavior<Object> onStopDeadline(StopDeadline message) {
        ShardedScan scan = scans.get(message.scan());
        if (scan == null) {
            return this;
        }
        List<ShardedEntity> late = new ArrayList<>();
        for (ShardedEntity entity : scan.awaited) {
            entity.noLongerAwaited();
            entity.orderLast();
            if (asking && entity.withdrawQuestion()) {
                // Its mailbox is long: it is busy, and has not received the question.
                order.add(entity);
            } else {
                late.add(entity);
            }
        }
        scan.awaited.clear();
        giveUp(scan, late);
        finishIfDone(scan);
        return this;
    }

    private void giveUp(ShardedScan scan, List<ShardedEntity> late) {
        if (late.isEmpty()) {
            return;
        }
        hung.addAll(late);
        hungStops.add(late.size());
        timers.startSingleTimer(new BackOffOver(scan.number, late), hungBackOff);
        getContext()
                .getLog()
                .info(
                        "[{}] entities of [{}] did not stop within [{}] and are given up for [{}], among them {}",
                        late.size(),
                        name,
                        stopDeadline,
                        hungBackOff,
                        late.stream().limit(MAX_NAMED).map(entity -> entity.id).toList());
    }

    private Behavior<Object> onBackOffOver(BackOffOver message) {
        message.entities().stream()
                .filter(entity -> entity.isLastAskedBy(message.scan()))
                .forEach(this::takeBack);
        return this;
    }

    private void ask(ShardedEntity entity, ShardedScan scan) {
        scan.awaited.add(entity);
        ShardedQuestion question = new ShardedQuestion(++lastQuestion);
        entity.asked(question, scan);
        if (asking) {
            entity.ref.<Object>unsafeUpcast().tell(question);
        } else {
            passivate(entity);
        }
    }

    private void passivate(ShardedEntity entity) {
        entity.shard.tell(new Passivate<>(entity.ref));
    }

    /** Returns how many hung entities have been used since. */
    private long usedAgain() {
        return hung.stream().filter(ShardedEntity::isOutOfOrder).count();
    }

    private void takeBackUsedAgain() {
        hung.stream().filter(ShardedEntity::isOutOfOrder).toList().forEach(this::takeBack);
    }

    private void takeBack(ShardedEntity entity) {
        if (hung.remove(entity)) {
            order.add(entity);
        }
    }

    private void finishIfDone(ShardedScan scan) {
        if (scan.awaited.isEmpty() && scans.remove(scan.number) != null) {
            timers.cancel(new StopDeadline(scan.number));
            scan.reply();
        }
    }
}
