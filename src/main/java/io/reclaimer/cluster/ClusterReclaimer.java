package io.reclaimer.cluster;

import akka.Done;
import akka.actor.Cancellable;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.Cluster;
import akka.cluster.Member;
import akka.cluster.UniqueAddress;
import com.typesafe.config.Config;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.cluster.ClusterMessage.Row;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.Pressure;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
import scala.concurrent.ExecutionContext;

/**
 * The {@link Reclaimer}s of an Akka Cluster together: rounds over all members, and what the members know of each other. Started
 * on each member that is to take part, by {@link #get}; a member on which it was not is left alone.
 *
 * <p>Every method may be called from any thread and returns at once. A member that is in no cluster, not yet or not any more,
 * is a cluster of one.
 *
 * <p>When the member leaves, rounds requested on it end, and parts of others' rounds end with what they did. When it is downed,
 * as the smaller side of a partition is, Akka ends its actor system, and the reclaimer with it, unless
 * {@code akka.cluster.run-coordinated-shutdown-when-down} is {@code off}: then this process goes on reclaiming by itself.
 */
public final class ClusterReclaimer implements Extension {

    private static final ExtensionId<ClusterReclaimer> ID = new ExtensionId<>() {
        @Override
        public ClusterReclaimer createExtension(ActorSystem<?> system) {
            return new ClusterReclaimer(system, Seams.NONE);
        }
    };

    private static final DispatcherSelector CONTROL_DISPATCHER =
            DispatcherSelector.fromConfig("reclaimer.control-dispatcher");

    private static final Props CONTROL = CONTROL_DISPATCHER;

    /** How long leaving waits for parts and rounds to end, which they do at once. */
    private static final Duration LEAVE_PATIENCE = Duration.ofSeconds(3);

    /** How long after its deadline a round that nobody has answered is given up, which takes a fault in the reclaimer. */
    private static final Duration LATE = Duration.ofSeconds(5);

    private final ActorSystem<?> system;
    private final Reclaimer reclaimer;
    private final Cluster cluster;
    private final ActorRef<ClusterMember.Command> member;
    private final Executor answers;
    private final ExecutionContext control;
    private final Set<CompletableFuture<ClusterReport>> open = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong freedObjects = new AtomicLong();

    /** Written by the member's actor only. */
    private volatile MemberParts.Given given = new MemberParts.Given(0, 0, 0);

    /** Written by the view only. */
    private volatile Map<String, ClusterMessage> rows = Map.of();

    ClusterReclaimer(ActorSystem<?> system, Seams seams) {
        ClusterSettings settings = settings(system.settings().config());
        this.system = system;
        this.reclaimer = Reclaimer.get(system);
        this.cluster = Cluster.get(system);
        this.answers = system.dispatchers().lookup(DispatcherSelector.fromConfig("reclaimer.answer-dispatcher"));
        this.control = system.dispatchers().lookup(CONTROL_DISPATCHER);
        this.member = system.systemActorOf(
                ClusterMember.create(reclaimer, settings, this::heap, newGiven -> given = newGiven, seams),
                ClusterMember.NAME,
                CONTROL);
        system.systemActorOf(
                ClusterView.create(
                        settings.view(), reclaimer, this::heap, newRows -> rows = newRows, System::currentTimeMillis),
                "reclaimer-cluster-view",
                CONTROL);
        system.getWhenTerminated().thenRun(this::end);
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeClusterShutdown(), "reclaimer-cluster", this::leave);
    }

    /**
     * That of {@code system}, started if need be.
     *
     * @throws IllegalArgumentException where the actor system is made for no cluster, or a setting is invalid
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

    /** This member's name in requests, reports and the table: {@code host:port}. */
    public String member() {
        return Roster.nameOf(cluster.selfMember().uniqueAddress());
    }

    /**
     * As {@link #reclaim(ClusterRequest)}, over all members.
     *
     * @throws NullPointerException where {@code request} is null
     */
    public CompletionStage<ClusterReport> reclaim(ReclaimRequest request) {
        return reclaim(ClusterRequest.of(request));
    }

    /**
     * Starts a round over the cluster, and answers once with what it did: when it is done, or by its deadline.
     *
     * <p>A member on which the cgroup is not online has nothing to free, which is no error. Members that are unreachable are
     * not waited for. What hangs on the stage runs on the reclaimer's answer dispatcher. Cancelling the future of the stage, or
     * completing it in any other way, cancels the round too.
     *
     * <p>The stage fails with a {@link ReclaimerException}: where as many rounds as allowed are under way here
     * ({@code TOO_MANY_ROUNDS}), the request names a node that there is not here ({@code NO_SUCH_NODE}) or more than
     * {@value ClusterMessage#MOST_NODES} nodes ({@code INVALID_REQUEST}), this member is leaving or the actor system has ended
     * ({@code SHUTTING_DOWN}), or a fault in the reclaimer ended the round ({@code FAILED}). It is never left open.
     *
     * @throws NullPointerException where {@code request} is null
     */
    public CompletionStage<ClusterReport> reclaim(ClusterRequest request) {
        Objects.requireNonNull(request, "request");
        try {
            RequestRule.check(request, reclaimer.settings());
        } catch (ReclaimerException e) {
            return CompletableFuture.failedStage(e);
        }
        CompletableFuture<ClusterReport> future = new CompletableFuture<>();
        // Before looking whether it has ended: so either this or the end sees the other.
        open.add(future);
        if (ended) {
            end();
        } else {
            RoundAnswer answer = answerOf(future);
            answerLate(request, answer, future);
            member.tell(new ClusterMember.Start(cancelledWith(future, request), answer));
        }
        return future;
    }

    /** The request with a cancellation of its own, which is thrown by the user's one, and when the future is complete. */
    private static ClusterRequest cancelledWith(CompletionStage<ClusterReport> future, ClusterRequest request) {
        Cancellation own = new Cancellation();
        Runnable forget = request.request()
                .cancellation()
                .map(users -> users.onCancel(own::cancel))
                .orElse(() -> {});
        future.whenComplete((report, why) -> {
            forget.run();
            own.cancel();
        });
        return request.cancelledBy(own);
    }

    private RoundAnswer answerOf(CompletableFuture<ClusterReport> future) {
        return new RoundAnswer(
                report -> {
                    rounds.incrementAndGet();
                    freedObjects.accumulateAndGet(report.freedObjects(), Split::add);
                    complete(future, () -> future.complete(report));
                },
                why -> complete(future, () -> future.completeExceptionally(why)));
    }

    private void complete(CompletableFuture<ClusterReport> future, Runnable completion) {
        open.remove(future);
        try {
            answers.execute(completion);
        } catch (RejectedExecutionException e) {
            // The dispatcher ends a moment before the last actors do.
            completion.run();
        }
    }

    /** Answers a request that nobody has answered well after its deadline, whatever became of those who were to. */
    private void answerLate(ClusterRequest request, RoundAnswer answer, CompletionStage<ClusterReport> stage) {
        Duration within = request.request().within().orElse(reclaimer.settings().roundDeadline());
        Runnable late = () -> answer.refuse(AnswerGuard.failed(
                request.request().cgroup(),
                "there was no answer by its deadline [" + within + "], nor within [" + LATE + "] after it"));
        try {
            Cancellable timer = system.scheduler().scheduleOnce(within.plus(LATE), late, control);
            stage.whenComplete((report, why) -> timer.cancel());
        } catch (IllegalStateException e) {
            // What a scheduler says that has ended: the end of the system answers.
            end();
        }
    }

    /** What the members have said of themselves, as far as it has come here. */
    public ClusterTable table() {
        long now = System.currentTimeMillis();
        Map<String, Member> members = new TreeMap<>();
        cluster.state().getMembers().forEach(one -> members.put(ClusterView.rowKey(one.uniqueAddress()), one));
        Member self = cluster.selfMember();
        members.put(ClusterView.rowKey(self.uniqueAddress()), self);
        Set<UniqueAddress> unreachable = new HashSet<>();
        cluster.state().getUnreachable().forEach(one -> unreachable.add(one.uniqueAddress()));
        List<ClusterTable.Row> table = new ArrayList<>();
        Map<String, ClusterMessage> all = rows;
        members.forEach((key, one) -> {
            if (all.get(key) instanceof Row row) {
                table.add(tableRow(row, !unreachable.contains(one.uniqueAddress()), now));
            }
        });
        return new ClusterTable(List.copyOf(table));
    }

    private static ClusterTable.Row tableRow(Row row, boolean reachable, long nowMillis) {
        Map<CgroupPath, Long> cgroups = new LinkedHashMap<>();
        for (int i = 0; i < row.cgroups().size(); i++) {
            cgroups.put(CgroupPath.of(row.cgroups().get(i)), row.cgroupObjects().get(i));
        }
        return new ClusterTable.Row(
                row.member(),
                reachable,
                MemberPressure.orShortest(row.pressure()),
                row.liveBytes(),
                row.limitBytes(),
                row.freeableObjects(),
                cgroups,
                Duration.ofMillis(Math.max(0, nowMillis - row.publishedMillis())));
    }

    /** What this member has done so far. */
    public ClusterStatus status() {
        MemberParts.Given now = given;
        return new ClusterStatus(
                rounds.get(),
                freedObjects.get(),
                now.parts(),
                now.objects(),
                now.othersBytes(),
                WireFaults.get(system).unreadableMessages(),
                WireFaults.get(system).strangersRequests());
    }

    /** All rows there are, also those of members that are gone. */
    Map<String, ClusterMessage> rows() {
        return rows;
    }

    ActorRef<ClusterMember.Command> ref() {
        return member;
    }

    private MemberParts.Heap heap() {
        return Pressure.find(system)
                .map(Pressure::heapStatus)
                .map(ClusterReclaimer::heap)
                .orElse(new MemberParts.Heap(MemberPressure.UNWATCHED, 0, 0));
    }

    private static MemberParts.Heap heap(HeapStatus status) {
        return new MemberParts.Heap(MemberPressure.of(status.state()), status.liveBytes(), status.limitBytes());
    }

    private CompletionStage<Done> leave() {
        return AskPattern.<ClusterMember.Command, Done>ask(
                member, ClusterMember.Leave::new, LEAVE_PATIENCE, system.scheduler());
    }

    private void end() {
        ended = true;
        open.forEach(future -> future.completeExceptionally(
                new ReclaimerException(Reason.SHUTTING_DOWN, "The actor system has ended")));
        open.clear();
    }
}
