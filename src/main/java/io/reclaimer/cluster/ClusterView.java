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
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * This member's part of the shared table: counts from time to time, publishes its row where {@link ViewRule} says so, and
 * keeps what it hears of the others'. One a system.
 *
 * <p>The table is Distributed Data: {@value #BUCKETS} maps, each of which holds the rows of some members, so that a change
 * travels as a delta of one row, and where a delta is lost a few rows are sent and not all. The row of a member that is gone
 * is taken out by the leader.
 */
final class ClusterView extends AbstractBehavior<ClusterView.Command> {

    sealed interface Command {}

    private enum Tick implements Command {
        INSTANCE
    }

    private record Counted(@Nullable CountReport report) implements Command {}

    private record Heard(String bucket, Map<String, ClusterMessage> rows) implements Command {}

    private enum NothingHeard implements Command {
        INSTANCE
    }

    private record Gone(Member member) implements Command {}

    static final int BUCKETS = 8;

    private static final ReclaimRequest EVERYTHING = ReclaimRequest.everywhere().background();

    private final Reclaimer reclaimer;
    private final Supplier<MemberParts.Heap> heap;
    private final ViewRule rule;
    private final Consumer<Map<String, ClusterMessage>> publish;
    private final LongSupplier clockMillis;
    private final Cluster cluster;
    private final SelfUniqueAddress self;
    private final ActorRef<Replicator.Command> replicator;
    private final Map<String, Map<String, ClusterMessage>> heard = new HashMap<>();
    private Optional<Row> last = Optional.empty();
    private boolean counting;

    /**
     * @param reclaimer counts what could be freed here
     * @param publish is given all rows when they change
     * @param clockMillis the time since 1970
     */
    static Behavior<Command> create(
            ClusterSettings.View settings,
            Reclaimer reclaimer,
            Supplier<MemberParts.Heap> heap,
            Consumer<Map<String, ClusterMessage>> publish,
            LongSupplier clockMillis) {
        Behavior<Command> behavior = Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.INSTANCE, Tick.INSTANCE, settings.interval());
            return DistributedData.withReplicatorMessageAdapter(
                    (ReplicatorMessageAdapter<Command, LWWMap<String, ClusterMessage>> adapter) ->
                            new ClusterView(context, adapter, settings, reclaimer, heap, publish, clockMillis));
        }));
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restartWithBackoff(settings.interval(), settings.refresh(), 0));
    }

    private ClusterView(
            ActorContext<Command> context,
            ReplicatorMessageAdapter<Command, LWWMap<String, ClusterMessage>> adapter,
            ClusterSettings.View settings,
            Reclaimer reclaimer,
            Supplier<MemberParts.Heap> heap,
            Consumer<Map<String, ClusterMessage>> publish,
            LongSupplier clockMillis) {
        super(context);
        this.reclaimer = reclaimer;
        this.heap = heap;
        this.rule = new ViewRule(settings);
        this.publish = publish;
        this.clockMillis = clockMillis;
        this.cluster = Cluster.get(context.getSystem());
        this.self = DistributedData.get(context.getSystem()).selfUniqueAddress();
        this.replicator = DistributedData.get(context.getSystem()).replicator();
        // One function for all keys, for of several that adapt the same class the last one would be used for all.
        IntStream.range(0, BUCKETS).forEach(number -> adapter.subscribe(key(bucket(number)), ClusterView::heard));
        akka.cluster.typed.Cluster.get(context.getSystem())
                .subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(ClusterEvent.MemberRemoved.class, removed -> new Gone(removed.member())),
                        ClusterEvent.MemberRemoved.class));
        context.getSelf().tell(Tick.INSTANCE);
    }

    private static Command heard(Replicator.SubscribeResponse<LWWMap<String, ClusterMessage>> said) {
        return said instanceof Replicator.Changed<LWWMap<String, ClusterMessage>> changed
                ? new Heard(
                        changed.key().id(),
                        Map.copyOf(changed.get(changed.key()).getEntries()))
                : NothingHeard.INSTANCE;
    }

    private static Key<LWWMap<String, ClusterMessage>> key(String bucket) {
        return LWWMapKey.create(bucket);
    }

    /** The key of a member's row: one that was restarted under the same name has another. */
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
                .onMessage(Heard.class, this::onHeard)
                .onMessage(NothingHeard.class, message -> this)
                .onMessage(Gone.class, this::onGone)
                .build();
    }

    private Behavior<Command> onTick(Tick message) {
        if (!counting) {
            counting = true;
            ActorRef<Command> to = getContext().getSelf();
            ReclaimerCall.count(getContext(), reclaimer, EVERYTHING, (report, why) -> to.tell(new Counted(report)));
        }
        return this;
    }

    /** Where it could not count, for rounds are under way as many as may be, the next time will do. */
    private Behavior<Command> onCounted(Counted message) {
        counting = false;
        CountReport report = message.report();
        if (report == null) {
            return this;
        }
        UniqueAddress member = self.uniqueAddress();
        Row row = rule.row(Roster.nameOf(member), report, heap.get(), clockMillis.getAsLong());
        if (last.isEmpty() || rule.isDue(last.get(), row)) {
            last = Optional.of(row);
            update(bucketOf(member), map -> map.put(self, rowKey(member), row));
        }
        return this;
    }

    private Behavior<Command> onHeard(Heard message) {
        heard.put(message.bucket(), message.rows());
        Map<String, ClusterMessage> all = new HashMap<>();
        heard.values().forEach(all::putAll);
        publish.accept(Map.copyOf(all));
        takeOutOthers(message);
        return this;
    }

    private Behavior<Command> onGone(Gone message) {
        UniqueAddress member = message.member().uniqueAddress();
        takeOut(bucketOf(member), rowKey(member));
        return this;
    }

    /** What a member that is gone has published last may come after it was taken out. */
    private void takeOutOthers(Heard message) {
        Set<String> members = new HashSet<>();
        cluster.state().getMembers().forEach(member -> members.add(rowKey(member.uniqueAddress())));
        if (members.contains(rowKey(self.uniqueAddress()))) {
            message.rows().keySet().stream()
                    .filter(key -> !members.contains(key))
                    .forEach(key -> takeOut(message.bucket(), key));
        }
    }

    /** By one member only, for each change travels to all. */
    private void takeOut(String bucket, String rowKey) {
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
