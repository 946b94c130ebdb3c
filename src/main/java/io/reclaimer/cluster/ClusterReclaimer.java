package io.reclaimer.cluster;

import akka.Done;
import akka.actor.Cancellable;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.Cluster;
import com.typesafe.config.Config;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.cluster.ClusterMessage.Row;
import io.reclaimer.cluster.MemberEnvironment.Heap;
import io.reclaimer.pressure.Pressure;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Registration;
import io.reclaimer.shrinker.Saturating;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;

/**
 * The front door of rounds over an Akka Cluster: an Akka extension, started by {@link #get} on each member that is to take
 * part. A member on which it was not started is left alone. Thread-safe; no method blocks.
 *
 * <p>A member that is in no cluster, not yet or not any more, is a cluster of one.
 *
 * <p>When the member leaves the cluster, rounds requested on it end, and parts of other members' rounds end with what they
 * have freed. When the member is downed, as the smaller side of a partition is, Akka terminates its actor system and the
 * reclaimer with it. With {@code akka.cluster.run-coordinated-shutdown-when-down = off} the process instead goes on
 * reclaiming by itself.
 */
public final class ClusterReclaimer implements Extension {

    /**
     * The work of one member in rounds over the cluster since its start.
     *
     * @param rounds the number of answered rounds that were requested here
     * @param freedObjects the objects that these rounds freed on all members together
     * @param parts the number of parts done here, for rounds of any member
     * @param gaveObjects the objects that these parts freed
     * @param gaveOthersBytes the bytes freed for rounds of other members, which {@code reclaimer.cluster.give} limits
     * @param malformedMessages the number of messages of other members that could not be read
     * @param droppedRequests the number of requests that were dropped because their sender is no member
     */
    public record Status(
            long rounds,
            long freedObjects,
            long parts,
            long gaveObjects,
            long gaveOthersBytes,
            long malformedMessages,
            long droppedRequests) {}

    private static final ExtensionId<ClusterReclaimer> ID = new ExtensionId<>() {
        @Override
        public ClusterReclaimer createExtension(ActorSystem<?> system) {
            return new ClusterReclaimer(system, ClusterMember.Interceptors.NONE);
        }
    };

    private static final DispatcherSelector CONTROL_DISPATCHER =
            DispatcherSelector.fromConfig("reclaimer.control-dispatcher");

    /** How long leaving waits for parts and rounds, which end at once. */
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(3);

    /** How long after its deadline a round without an answer fails. An answer that late takes a fault in the reclaimer. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ActorSystem<?> system;
    private final Reclaimer reclaimer;
    private final Cluster cluster;
    private final ActorRef<ClusterMember.Command> member;
    private final Executor answers;
    private final ExecutionContext control;
    private final Set<CompletableFuture<ClusterReport>> open = ConcurrentHashMap.newKeySet();
    private volatile boolean hasEnded;

    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong freedObjects = new AtomicLong();

    /** Written by the cluster actor only. */
    private volatile MemberParts.Totals totals = new MemberParts.Totals(0, 0, 0);

    /** Written by the replica of the table only. */
    private volatile Map<String, ClusterMessage> rows = Map.of();

    ClusterReclaimer(ActorSystem<?> system, ClusterMember.Interceptors interceptors) {
        ClusterSettings settings = settings(system.settings().config());
        this.system = system;
        this.reclaimer = Reclaimer.get(system);
        this.cluster = Cluster.get(system);
        this.answers = system.dispatchers().lookup(DispatcherSelector.fromConfig("reclaimer.answer-dispatcher"));
        this.control = system.dispatchers().lookup(CONTROL_DISPATCHER);
        this.member = system.systemActorOf(
                ClusterMember.create(new ClusterMember.Setup(
                        reclaimer, settings, this::heap, newTotals -> totals = newTotals, interceptors)),
                ClusterMember.NAME,
                CONTROL_DISPATCHER);
        if (settings.table().isEnabled()) {
            system.systemActorOf(
                    TableReplica.create(settings.table(), reclaimer, this::heap, newRows -> rows = newRows),
                    TableReplica.NAME,
                    CONTROL_DISPATCHER);
        }
        system.getWhenTerminated().thenRun(this::end);
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeClusterShutdown(), "reclaimer-cluster", this::leave);
    }

    /**
     * The extension of an actor system, started if need be.
     *
     * @throws IllegalArgumentException where the provider of the actor system is not {@code cluster}, or a setting is invalid
     * @throws NullPointerException where {@code system} is null
     */
    public static ClusterReclaimer get(ActorSystem<?> system) {
        return ID.apply(Objects.requireNonNull(system, "system"));
    }

    /**
     * Checks the settings of a member without starting anything.
     *
     * @param config the whole configuration of an actor system
     * @throws IllegalArgumentException as {@link #get} would
     * @throws NullPointerException where {@code config} is null
     */
    public static void check(Config config) {
        settings(Objects.requireNonNull(config, "config"));
    }

    private static ClusterSettings settings(Config config) {
        String provider = config.getString("akka.actor.provider");
        if (!provider.equals("cluster")) {
            throw new IllegalArgumentException(
                    "akka.actor.provider is [" + provider + "] but has to be cluster for rounds over a cluster");
        }
        return ClusterSettings.of(config);
    }

    /** The name of this member in requests, reports and the table: {@code host:port}. */
    public String member() {
        return Roster.nameOf(cluster.selfMember().uniqueAddress());
    }

    /**
     * Starts a round over all members; see {@link #reclaim(ClusterRequest)}.
     *
     * @throws NullPointerException where {@code request} is null
     */
    public CompletionStage<ClusterReport> reclaim(ReclaimRequest request) {
        return reclaim(ClusterRequest.of(request));
    }

    /**
     * Starts a round over the cluster, and answers once: when the round is done, or by its deadline.
     *
     * <p>A member on which the cgroup is not online has nothing to free, which is no error. Unreachable members are not
     * waited for. Callbacks of the stage run on the answer dispatcher of the reclaimer. Cancelling the future of the stage,
     * or completing it in any other way, cancels the round.
     *
     * <p>The stage fails with a {@link ReclaimerException}: where the maximum number of rounds is under way here ({@code
     * TOO_MANY_ROUNDS}), the request names a node that does not exist here ({@code NO_SUCH_NODE}) or more than {@value
     * ClusterMessage#MAX_NODES} nodes ({@code INVALID_REQUEST}), this member is leaving or the actor system has ended
     * ({@code SHUTTING_DOWN}), or a fault in the reclaimer ended the round ({@code FAILED}). It is always completed.
     *
     * @throws NullPointerException where {@code request} is null
     */
    public CompletionStage<ClusterReport> reclaim(ClusterRequest request) {
        Objects.requireNonNull(request, "request");
        CompletableFuture<ClusterReport> future = new CompletableFuture<>();
        // Added before the flag is read, so that either this method or end() sees the other.
        open.add(future);
        if (hasEnded) {
            end();
        } else {
            CompletableFuture<ClusterReport> result = new CompletableFuture<>();
            CompletionStage<ClusterReport> answer = result;
            answer.whenComplete((report, why) -> complete(future, report, why));
            failLate(request, result, future);
            member.tell(new ClusterMember.Start(withOwnCancellation(request, future), result));
        }
        return future;
    }

    /** The request with a cancellation of its own: triggered by that of the user, and when the future is complete. */
    private static ClusterRequest withOwnCancellation(ClusterRequest request, CompletionStage<ClusterReport> future) {
        Cancellation own = new Cancellation();
        Registration registration = request.request()
                .cancellation()
                .map(users -> users.onCancel(own::cancel))
                .orElse(() -> {});
        future.whenComplete((report, why) -> {
            registration.close();
            own.cancel();
        });
        return request.cancelledBy(own);
    }

    /** Completes the future of a user on the answer dispatcher. */
    private void complete(
            CompletableFuture<ClusterReport> future, @Nullable ClusterReport report, @Nullable Throwable why) {
        open.remove(future);
        if (report != null) {
            rounds.incrementAndGet();
            freedObjects.accumulateAndGet(report.freedObjects(), Saturating::add);
        }
        Runnable completion = () -> {
            if (report != null) {
                future.complete(report);
            } else {
                future.completeExceptionally(Objects.requireNonNull(why, "why"));
            }
        };
        try {
            answers.execute(completion);
        } catch (RejectedExecutionException e) {
            // The dispatcher ends shortly before the last actors.
            completion.run();
        }
    }

    /** Fails a round that has no answer some time after its deadline, whatever happened to its actor. */
    private void failLate(
            ClusterRequest request, CompletableFuture<ClusterReport> result, CompletionStage<ClusterReport> future) {
        Duration within = request.request().within().orElse(reclaimer.settings().roundDeadline());
        Runnable fail = () -> result.completeExceptionally(ClusterRound.failed(
                request.request().cgroup(),
                "there was no answer by its deadline [" + within + "], nor within [" + PATIENCE + "] after it"));
        try {
            Cancellable timer = system.scheduler().scheduleOnce(within.plus(PATIENCE), fail, control);
            future.whenComplete((report, why) -> timer.cancel());
        } catch (IllegalStateException e) {
            // The scheduler has been shut down with the actor system.
            end();
        }
    }

    /**
     * The table of the members, as far as this member has received it. Empty unless {@code reclaimer.cluster.table.enabled}
     * is {@code on}.
     */
    public ClusterTable table() {
        Set<String> members = TableReplica.rowKeys(cluster.state().getMembers());
        members.add(TableReplica.rowKey(cluster.selfMember().uniqueAddress()));
        Set<String> unreachable = TableReplica.rowKeys(cluster.state().getUnreachable());
        long now = System.currentTimeMillis();
        List<ClusterTable.Row> table = new ArrayList<>();
        new TreeMap<>(rows).forEach((key, message) -> {
            if (members.contains(key) && message instanceof Row row) {
                table.add(ClusterTable.Row.of(row, !unreachable.contains(key), now));
            }
        });
        return new ClusterTable(List.copyOf(table));
    }

    /** The work of this member so far. */
    public Status status() {
        MemberParts.Totals now = totals;
        WireFaults faults = WireFaults.get(system);
        return new Status(
                rounds.get(),
                freedObjects.get(),
                now.parts(),
                now.objects(),
                now.othersBytes(),
                faults.malformedMessages(),
                faults.droppedRequests());
    }

    /** All rows that were received, including those of members that are gone. */
    Map<String, ClusterMessage> rows() {
        return rows;
    }

    ActorRef<ClusterMember.Command> ref() {
        return member;
    }

    private Heap heap() {
        return Pressure.find(system)
                .map(Pressure::heapStatus)
                .map(status -> new Heap(
                        MemberPressure.namedOrMin(status.state().name()), status.liveBytes(), status.limitBytes()))
                .orElse(Heap.UNWATCHED);
    }

    private CompletionStage<Done> leave() {
        return AskPattern.<ClusterMember.Command, Done>ask(
                member, ClusterMember.Leave::new, LEAVE_TIMEOUT, system.scheduler());
    }

    private void end() {
        hasEnded = true;
        open.forEach(future -> future.completeExceptionally(
                new ReclaimerException(Reason.SHUTTING_DOWN, "The actor system has ended")));
        open.clear();
    }
}
