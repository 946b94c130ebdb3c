package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.Cluster;
import akka.cluster.Member;
import akka.cluster.UniqueAddress;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.LWWMapKey;
import akka.cluster.ddata.SelfUniqueAddress;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.ddata.typed.javadsl.ReplicatorMessageAdapter;
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimerProtocol;
import io.reclaimer.cluster.ClusterMessage.Row;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The replica of the shared table on this member: counts at intervals, publishes its own row where the {@link RowPolicy}
 * says so, and receives the rows of the others. One per actor system, where {@code reclaimer.cluster.table.enabled} is
 * {@code on}.
 *
 * <p>The table is Distributed Data: {@value #BUCKETS} maps that hold the rows of some members each. A change travels as the
 * delta of one row; where a delta is lost, one map is sent again and not all of them. The leader of the cluster removes the
 * rows of members that are gone, when it counts.
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

    /** The keys of the rows of members. */
    static Set<String> rowKeys(Iterable<Member> members) {
        Set<String> keys = new HashSet<>();
        members.forEach(member -> keys.add(rowKey(member.uniqueAddress())));
        return keys;
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
                .build();
    }

    private Behavior<Command> onTick(Tick message) {
        removeStaleRows();
        if (!isCounting) {
            isCounting = true;
            getContext()
                    .askWithStatus(
                            CountReport.class,
                            reclaimer.ref(),
                            reclaimer.settings().roundDeadline().plus(LocalReclaimer.PATIENCE),
                            replyTo -> new ReclaimerProtocol.Count(EVERYTHING, replyTo),
                            (report, why) -> new Counted(report));
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
        return this;
    }

    /**
     * Removes the rows of members that are gone, on the leader only, because each change travels to all members. Such a row
     * may also arrive later than the removal of its member.
     */
    private void removeStaleRows() {
        Set<String> members = rowKeys(cluster.state().getMembers());
        if (!members.contains(rowKey(self.uniqueAddress()))
                || !cluster.selfAddress().equals(cluster.state().getLeader())) {
            return;
        }
        rowsByBucket.forEach((bucket, rows) -> rows.keySet().stream()
                .filter(key -> !members.contains(key))
                .forEach(key -> update(bucket, map -> map.contains(key) ? map.remove(self, key) : map)));
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

    /** The content of the row of a member in the shared table, and when a new row is published. Immutable. */
    static final class RowPolicy {

        /** Smaller changes are not published, whatever their share: the default batch of a scan. */
        static final long MIN_OBJECTS = 128;

        private final ClusterSettings.Table settings;

        RowPolicy(ClusterSettings.Table settings) {
            this.settings = settings;
        }

        /**
         * The current row, with the cgroups that could free most: as many as are configured, and as fit.
         *
         * @param nowMillis since 1970
         */
        Row row(String member, CountReport counted, MemberEnvironment.Heap heap, long nowMillis) {
            Map<CgroupPath, Long> byCgroup = new HashMap<>();
            counted.largest().forEach(entry -> byCgroup.merge(entry.cgroup(), entry.objects(), Saturating::add));
            List<String> cgroups = new ArrayList<>();
            List<Long> objects = new ArrayList<>();
            int characters = 0;
            List<Map.Entry<CgroupPath, Long>> largest = byCgroup.entrySet().stream()
                    .sorted(Map.Entry.<CgroupPath, Long>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(settings.cgroups())
                    .toList();
            for (Map.Entry<CgroupPath, Long> entry : largest) {
                String path = entry.getKey().toString();
                characters += path.length();
                if (characters > ClusterMessage.MAX_CGROUP_CHARACTERS) {
                    break;
                }
                cgroups.add(path);
                objects.add(entry.getValue());
            }
            return new Row(
                    member,
                    nowMillis,
                    heap.pressure().name(),
                    heap.liveBytes(),
                    heap.limitBytes(),
                    counted.freeableObjects(),
                    cgroups,
                    objects);
        }

        /** Whether a row is to be published in place of the previous one. */
        boolean isDue(Row before, Row now) {
            return !before.pressure().equals(now.pressure())
                    || now.publishedMillis() - before.publishedMillis()
                            >= settings.refresh().toMillis()
                    || isMoved(before.freeableObjects(), now.freeableObjects())
                    || isAnyCgroupMoved(before, now);
        }

        /**
         * Whether the objects of a listed cgroup differ. A cgroup that one of the rows does not list is assumed to have the
         * same number there, limited to the maximum of an unlisted one: so cgroups that change places at the end of a full
         * list have not moved.
         */
        private boolean isAnyCgroupMoved(Row before, Row now) {
            Map<String, Long> old = byCgroup(before);
            Map<String, Long> fresh = byCgroup(now);
            return Stream.concat(old.keySet().stream(), fresh.keySet().stream()).anyMatch(cgroup -> {
                long oldObjects =
                        old.getOrDefault(cgroup, Math.min(fresh.getOrDefault(cgroup, 0L), maxUnlisted(before)));
                return isMoved(oldObjects, fresh.getOrDefault(cgroup, Math.min(oldObjects, maxUnlisted(now))));
            });
        }

        /** The maximum number of objects of a cgroup that the row does not list. */
        private long maxUnlisted(Row row) {
            List<Long> objects = row.cgroupObjects();
            return objects.size() < settings.cgroups() || objects.isEmpty() ? 0 : objects.get(objects.size() - 1);
        }

        private static Map<String, Long> byCgroup(Row row) {
            Map<String, Long> objects = new HashMap<>();
            for (int i = 0; i < row.cgroups().size(); i++) {
                objects.put(row.cgroups().get(i), row.cgroupObjects().get(i));
            }
            return objects;
        }

        /** Whether a number changed by more than a step of the larger value. */
        private boolean isMoved(long before, long now) {
            long by = Math.abs(before - now);
            return by >= MIN_OBJECTS && by > settings.step() * Math.max(before, now);
        }
    }
}
