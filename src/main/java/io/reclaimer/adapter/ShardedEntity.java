package io.reclaimer.adapter;

import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding.ShardCommand;
import java.util.Comparator;
import java.util.Optional;

/** The tracker's record of one entity. Confined to the tracker. */
final class ShardedEntity {

    /** By the use that was known when an entity got its place, the coldest first; then by the order of their starts. */
    static final Comparator<ShardedEntity> COLDEST_FIRST = Comparator.<ShardedEntity>comparingLong(
                    entity -> entity.orderNanos)
            .thenComparingLong(entity -> entity.place);

    final String id;
    final ActorRef<?> ref;
    final ActorRef<ShardCommand> shard;
    private final long place;

    private ShardedUse use;
    private long orderNanos;
    private Optional<ShardedQuestion> question = Optional.empty();
    private long lastScan;
    /** The scan that waits for this entity to end. */
    private Optional<ShardedScan> scan = Optional.empty();

    ShardedEntity(String id, ActorRef<?> ref, ActorRef<ShardCommand> shard, long place, ShardedUse use) {
        this.id = id;
        this.ref = ref;
        this.shard = shard;
        this.place = place;
        this.use = use;
        this.orderNanos = use.lastNanos();
    }

    /** Records a restart: the entity notes its uses in {@code newUse} from now on. */
    void restarted(ShardedUse newUse) {
        use = newUse;
    }

    /** Returns whether the entity was used since it got its place, and so has to move. */
    boolean isOutOfOrder() {
        return use.lastNanos() > orderNanos;
    }

    /** Returns whether the entity's place corresponds to a use at or after {@code nanos}. */
    boolean isOrderedSince(long nanos) {
        return orderNanos >= nanos;
    }

    /** Sets the place by the last use. Must not be called while the entity is in a sorted set. */
    void orderByUse() {
        orderNanos = use.lastNanos();
    }

    /** Sets the place to that of an entity used just now. Must not be called while the entity is in a sorted set. */
    void orderLast() {
        orderNanos = ShardedUse.now();
    }

    void asked(ShardedQuestion newQuestion, ShardedScan by) {
        question = Optional.of(newQuestion);
        lastScan = by.number;
        scan = Optional.of(by);
    }

    /** Returns whether this is the last question that the entity was asked. */
    boolean isAsked(long number) {
        return question.isPresent() && question.get().number == number;
    }

    /** Withdraws the last question. Returns false if the entity had already received it. */
    boolean withdrawQuestion() {
        return question.isPresent() && question.get().withdraw();
    }

    /** Returns whether no later scan has asked the entity. */
    boolean isLastAskedBy(long scanNumber) {
        return lastScan == scanNumber;
    }

    Optional<ShardedScan> scan() {
        return scan;
    }

    void noLongerAwaited() {
        scan = Optional.empty();
    }
}
