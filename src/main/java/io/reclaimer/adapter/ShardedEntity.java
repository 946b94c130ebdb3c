package io.reclaimer.adapter;

import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding.ShardCommand;
import java.util.Comparator;
import java.util.Optional;

/** One entity as its tracker knows it; used by the tracker only. */
final class ShardedEntity {

    /** The coldest first, as far as was known when they were put in order; then in the order they came. */
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
    /** The scan that waits for it. */
    private Optional<ShardedScan> scan = Optional.empty();

    ShardedEntity(String id, ActorRef<?> ref, ActorRef<ShardCommand> shard, long place, ShardedUse use) {
        this.id = id;
        this.ref = ref;
        this.shard = shard;
        this.place = place;
        this.use = use;
        this.orderNanos = use.lastNanos();
    }

    /** It was restarted: its uses are noted elsewhere from now on. */
    void restarted(ShardedUse newUse) {
        use = newUse;
    }

    /** Whether it was used since it was put in order: then it is not in its place. */
    boolean isOutOfOrder() {
        return use.lastNanos() > orderNanos;
    }

    /** Whether its place is that of a use at or after {@code nanos}. */
    boolean isOrderedSince(long nanos) {
        return orderNanos >= nanos;
    }

    /** Its place in the order is by its last use from now on. Not while it is in an order. */
    void orderByUse() {
        orderNanos = use.lastNanos();
    }

    /** Its place is with those just used. Not while it is in an order. */
    void orderLast() {
        orderNanos = ShardedUse.now();
    }

    void asked(ShardedQuestion newQuestion, ShardedScan by) {
        question = Optional.of(newQuestion);
        lastScan = by.number;
        scan = Optional.of(by);
    }

    /** Whether this is the last question it was asked. */
    boolean isAsked(long number) {
        return question.isPresent() && question.get().number == number;
    }

    /** Takes its last question back. False where it came to it before. */
    boolean withdrawQuestion() {
        return question.isPresent() && question.get().withdraw();
    }

    /** Whether no other scan has asked it since. */
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
