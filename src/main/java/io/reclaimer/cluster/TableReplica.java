package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.Cluster;
import akka.cluster.ClusterEvent;
import akka.cluster.Member;
import akka.cluster.UniqueAddress;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.LWWMapKey;
import akka.cluster.ddata.SelfUniqueAddress;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.ddata.typed.javadsl.ReplicatorMessageAdapter;
import akka.cluster.typed.Subscribe;
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.cluster.ClusterMessage.Row;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The replica of the shared table on this member: counts at intervals, publishes its own row where the {@link RowPolicy}
 * says so, and receives the rows of the others. One per actor system, where {@code reclaimer.cluster.table.enabled} is
 * {@code on}.
 *
 * <p>The table is Distributed Data: {@value #BUCKETS} maps that hold the rows of some members each. A change travels as the
 * delta of one row; where a delta is lost, one map is sent again and not all of them. The leader of the cluster removes the
 * rows of members that are gone.
 */
final class TableReplica extends AbstractBehavior<TableReplica.Command> {

    sealed interface Command {}

    private enum Tick implements Command {
        INSTANCE
    }

    private record Counted(@Nullable CountReport report) implements Command {}

    private record BucketChanged(String bucket, Map<String, ClusterMessage> rows) implements Command {}

    private enum OtherResponse implements Command {
        INSTANCE
    }

    private record Removed(Member member) implements Command {}

    static final String NAME = "reclaimer-cluster-table";

    static final int BUCKETS = 8;

    private static final ReclaimRequest EVERYTHING = ReclaimRequest.everywhere().background();

    private final Reclaimer reclaimer;
    private final Supplier<MemberEnvironment.Heap> heap;
    private final RowPolicy policy;
    private final Consumer<Map<String, ClusterMessage>> publish;
    private final Cluster cluster;
    private final SelfUniqueAddress self;
    private final ActorRef<Replicator.Command> replicator;
    private final Map<String, Map<String, ClusterMessage>> rowsByBucket = new HashMap<>();
    private Optional<Row> lastRow = Optional.empty();
    private boolean isCounting;

    /** @param publish receives all rows when they have changed */
    static Behavior<Command> create(
            ClusterSettings.Table settings,
            Reclaimer reclaimer,
            Supplier<MemberEnvironment.Heap> heap,
            Consumer<Map<String, ClusterMessage>> publish) {
        Behavior<Command> behavior = Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.INSTANCE, Tick.INSTANCE, settings.interval());
            return DistributedData.withReplicatorMessageAdapter(
                    (ReplicatorMessageAdapter<Command, LWWMap<String, ClusterMessage>> adapter) ->
                            new TableReplica(context, adapter, settings, reclaimer, heap, publish));
        }));
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restartWithBackoff(settings.interval(), settings.refresh(), 0));
    }

    private TableReplica(
            ActorContext<Command> context,
            ReplicatorMessageAdapter<Command, LWWMap<String, ClusterMessage>> adapter,
            ClusterSettings.Table settings,
            Reclaimer reclaimer,
            Supplier<MemberEnvironment.Heap> heap,
            Consumer<Map<String, ClusterMessage>> publish) {
        super(context);
        this.reclaimer = reclaimer;
        this.heap = heap;
        this.policy = new RowPolicy(settings);
        this.publish = publish;
        this.cluster = Cluster.get(context.getSystem());
        this.self = DistributedData.get(context.getSystem()).selfUniqueAddress();
        this.replicator = DistributedData.get(context.getSystem()).replicator();
        // One function for all keys: of several that adapt the same class, Akka would use the last for all keys.
        IntStream.range(0, BUCKETS).forEach(number -> adapter.subscribe(key(bucket(number)), TableReplica::toCommand));
        akka.cluster.typed.Cluster.get(context.getSystem())
                .subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(
                                ClusterEvent.MemberRemoved.class, removed -> new Removed(removed.member())),
                        ClusterEvent.MemberRemoved.class));
        context.getSelf().tell(Tick.INSTANCE);
    }

    private static Command toCommand(Replicator.SubscribeResponse<LWWMap<String, ClusterMessage>> response) {
        return response instanceof Replicator.Changed<LWWMap<String, ClusterMessage>> changed
                ? new BucketChanged(
                        changed.key().id(),
                        Map.copyOf(changed.get(changed.key()).getEntries()))
                : OtherResponse.INSTANCE;
    }

    private static Key<LWWMap<String, ClusterMessage>> key(String bucket) {
        return LWWMapKey.create(bucket);
    }

    /** The key of the row of a member. A restart under the same name changes it. */
    static String rowKey(UniqueAddress member) {
        return Roster.nameOf(member) + "#" + Long.toHexString(member.longUid());
    }

    private static String bucket(int number) {
        return "reclaimer-" + number;
    }

    private static String bucketOf(UniqueAddress member) {
        return bucket(Math.floorMod(Roster.nameOf(member).hashCode(), BUCKETS));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Tick.class, this::onTick)
                .onMessage(Counted.class, this::onCounted)
                .onMessage(BucketChanged.class, this::onBucketChanged)
                .onMessage(OtherResponse.class, message -> this)
                .onMessage(Removed.class, this::onRemoved)
                .build();
    }

    private Behavior<Command> onTick(Tick message) {
        if (!isCounting) {
            isCounting = true;
            LocalReclaimer.count(getContext(), reclaimer, EVERYTHING, (report, why) -> new Counted(report));
        }
        return this;
    }

    /** A count fails where the maximum number of rounds is under way; the next one will do. */
    private Behavior<Command> onCounted(Counted message) {
        isCounting = false;
        CountReport report = message.report();
        if (report == null) {
            return this;
        }
        UniqueAddress member = self.uniqueAddress();
        Row row = policy.row(Roster.nameOf(member), report, heap.get(), System.currentTimeMillis());
        if (lastRow.isEmpty() || policy.isDue(lastRow.get(), row)) {
            lastRow = Optional.of(row);
            update(bucketOf(member), map -> map.put(self, rowKey(member), row));
        }
        return this;
    }

    private Behavior<Command> onBucketChanged(BucketChanged message) {
        rowsByBucket.put(message.bucket(), message.rows());
        Map<String, ClusterMessage> all = new HashMap<>();
        rowsByBucket.values().forEach(all::putAll);
        publish.accept(Map.copyOf(all));
        removeStaleRows(message);
        return this;
    }

    private Behavior<Command> onRemoved(Removed message) {
        UniqueAddress member = message.member().uniqueAddress();
        removeRow(bucketOf(member), rowKey(member));
        return this;
    }

    /** Removes rows of members that are gone. Such a row may arrive after it was removed. */
    private void removeStaleRows(BucketChanged message) {
        Set<String> members = new HashSet<>();
        cluster.state().getMembers().forEach(member -> members.add(rowKey(member.uniqueAddress())));
        if (members.contains(rowKey(self.uniqueAddress()))) {
            message.rows().keySet().stream()
                    .filter(key -> !members.contains(key))
                    .forEach(key -> removeRow(message.bucket(), key));
        }
    }

    /** Removes a row on the leader only, because each change travels to all members. */
    private void removeRow(String bucket, String rowKey) {
        if (cluster.selfAddress().equals(cluster.state().getLeader())) {
            update(bucket, map -> map.contains(rowKey) ? map.remove(self, rowKey) : map);
        }
    }

    private void update(
            String bucket, Function<LWWMap<String, ClusterMessage>, LWWMap<String, ClusterMessage>> change) {
        replicator.tell(new Replicator.Update<>(
                key(bucket),
                LWWMap.create(),
                Replicator.writeLocal(),
                getContext().getSystem().ignoreRef(),
                change));
    }
}
