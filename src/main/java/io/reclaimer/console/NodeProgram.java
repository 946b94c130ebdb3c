package io.reclaimer.console;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AskPattern;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Reclaimer;
import io.reclaimer.adapter.DirectBufferPool;
import io.reclaimer.budget.Budgets;
import io.reclaimer.cluster.ClusterReclaimer;
import io.reclaimer.cluster.ClusterTable;
import io.reclaimer.console.demo.BufferRounds;
import io.reclaimer.console.demo.Hits;
import io.reclaimer.console.demo.MeanCacheSizes;
import io.reclaimer.console.demo.NodeCaches;
import io.reclaimer.console.demo.OutOfMemoryExit;
import io.reclaimer.console.demo.Phases;
import io.reclaimer.console.demo.SurgeRounds;
import io.reclaimer.console.demo.Tenant;
import io.reclaimer.console.demo.TenantLoad;
import io.reclaimer.console.demo.Workload;
import io.reclaimer.console.report.Formats;
import io.reclaimer.pressure.Pressure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One run of a node. Confined to the thread that calls {@link #run}, apart from the shutdown tasks and the exit on
 * {@link OutOfMemoryError}.
 *
 * <ol>
 *   <li>{@link #run} starts the actor system and the caches, {@link #start} the load.
 *   <li>{@link #printLines} prints a line every second until the time is over or Ctrl-C ends the system.
 *   <li>Coordinated shutdown runs {@link #stopLoad}, then {@link #printSummary}; meanwhile the reclaimer ends its
 *       rounds and frees the shrinkers. Then the actors end.
 * </ol>
 */
final class NodeProgram {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(1);
    private static final int LINES_PER_TITLE = 20;
    private static final int LINES_PER_TABLE = 10;

    /** Settings that this program relies on. They override the configuration. */
    private static final Config FIXED =
            ConfigFactory.parseString("akka { coordinated-shutdown.exit-jvm = off, jvm-exit-on-fatal-error = off }");

    private static final ClusterReclaimer.Status NO_CLUSTER = new ClusterReclaimer.Status(0, 0, 0, 0, 0, 0, 0);

    private static final Config NO_ROUNDS = ConfigFactory.parseString("reclaimer.pressure.heap.rounds = off");

    private enum EndOfRun implements CoordinatedShutdown.Reason {
        INSTANCE
    }

    private final NodeOptions options;
    private final ActorSystem<Workload.Command> system;
    private final NodeCaches caches;
    private final Pressure pressure;
    private final Optional<ClusterReclaimer> cluster;
    private final Optional<Budgets> budgets;
    private final long heapMaxBytes = Runtime.getRuntime().maxMemory();
    private final OutOfMemoryExit outOfMemory = new OutOfMemoryExit(
            Main.OUT_OF_MEMORY,
            "reclaimer: out of memory: the heap of " + Formats.megabytes(heapMaxBytes)
                    + " MB is full; give it more (-Xmx512m, or -Dreclaimer.heap=512m with Maven)"
                    + " or let it reclaim (--reclaim on)",
            this::printOutOfMemorySummary);
    private final Output output = new Output(System.out);
    private final long startNanos = System.nanoTime();
    private final CountDownLatch terminated = new CountDownLatch(1);

    /** Written by the thread that prints lines. */
    private volatile MeanCacheSizes sizes = MeanCacheSizes.NONE;

    private NodeProgram(
            NodeOptions options,
            ActorSystem<Workload.Command> system,
            NodeCaches caches,
            Optional<ClusterReclaimer> cluster) {
        this.options = options;
        this.system = system;
        this.caches = caches;
        this.pressure = Pressure.get(system);
        this.cluster = cluster;
        this.budgets = options.reclaim() ? Optional.of(Budgets.get(system)) : Optional.empty();
    }

    /** Returns whether a node with these settings is a member of a cluster. */
    static boolean isMember(Config config) {
        return config.getString("akka.actor.provider").equals("cluster");
    }

    /** @return the exit code */
    static int run(NodeOptions options, Config config) throws InterruptedException {
        Config settings = FIXED.withFallback(options.reclaim() ? config : NO_ROUNDS.withFallback(config));
        ActorSystem<Workload.Command> system = ActorSystem.create(Workload.create(), "node", settings);
        NodeCaches caches;
        Optional<ClusterReclaimer> cluster;
        try {
            cluster = isMember(settings) ? Optional.of(ClusterReclaimer.get(system)) : Optional.empty();
            caches = options.reclaim() ? NodeCaches.registered(Reclaimer.get(system)) : NodeCaches.unregistered();
        } catch (CompletionException e) {
            system.terminate();
            System.err.println("reclaimer: the node could not start: " + e.getCause());
            return Main.FAILED;
        }
        NodeProgram program = new NodeProgram(options, system, caches, cluster);
        program.start();
        program.printLines();
        return program.end();
    }

    private void start() {
        summary(true).lines(); // loads the classes that the exit on OutOfMemoryError needs
        outOfMemory.handleUncaughtErrors(system.name());
        system.getWhenTerminated().thenRun(terminated::countDown);
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        shutdown.addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "stop-load", this::stopLoad);
        shutdown.addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "summary", this::printSummary);
        output.print(StatusLine.header(options, heapMaxBytes));
        Map<String, Behavior<TenantLoad.Command>> loads = new HashMap<>();
        for (NodeOptions.Load load : options.loads()) {
            TenantLoad.Traffic traffic = new TenantLoad.Traffic(load.keys(), options.pace());
            loads.put(load.tenant().shortName(), TenantLoad.create(caches.of(load.tenant()), traffic, outOfMemory));
        }
        system.tell(new Workload.Start(loads, rounds()));
    }

    private Map<String, Behavior<?>> rounds() {
        Map<String, Behavior<?>> rounds = new HashMap<>();
        if (options.reclaim()) {
            Reclaimer reclaimer = Reclaimer.get(system);
            rounds.put(
                    "buffer-rounds",
                    BufferRounds.create(reclaimer::reclaim, reclaimer.settings().node(DirectBufferPool.NODE)));
        }
        cluster.filter(member -> options.pace().surges())
                .ifPresent(member -> rounds.put(
                        "surge-rounds",
                        SurgeRounds.create(
                                member::reclaim,
                                new SurgeRounds.PressureDetector(pressure::heapStatus)::poll,
                                () -> Phases.surging(elapsed()),
                                report -> output.print(List.of(StatusLine.surge(report))))));
        return rounds;
    }

    private void printLines() throws InterruptedException {
        Duration end = options.runFor().orElse(DurationConverter.LONGEST);
        Map<Tenant, Hits.Rate> ratesBefore = caches.rates();
        ClusterReclaimer.Status statusBefore = clusterStatus();
        List<String> membersBefore = List.of();
        for (int line = 1; ; line++) {
            Duration due = LINE_INTERVAL.multipliedBy(line);
            if (awaitTermination(due.compareTo(end) < 0 ? due : end) || due.compareTo(end) > 0) {
                return;
            }
            if (line % LINES_PER_TITLE == 1) {
                output.print(StatusLine.title());
            }
            Map<Tenant, Hits.Rate> rates = caches.rates();
            output.print(List.of(StatusLine.of(
                    elapsed(), heapMaxBytes, pressure.heapStatus(), options, Hits.since(rates, ratesBefore))));
            ratesBefore = rates;
            sizes = sizes.with(caches);
            List<String> members = reachableMembers();
            if (!members.equals(membersBefore)) {
                output.print(List.of(StatusLine.members(members)));
                membersBefore = members;
            }
            ClusterReclaimer.Status status = clusterStatus();
            if (status.parts() > statusBefore.parts()) {
                output.print(List.of(StatusLine.gave(statusBefore, status)));
            }
            statusBefore = status;
            if (line % LINES_PER_TABLE == 0) {
                budgets.ifPresent(kept -> output.print(StatusLine.budgets(kept.status())));
                cluster.ifPresent(member -> output.print(StatusLine.table(member.table())));
            }
        }
    }

    /** Returns the reachable members that have published their state; empty outside of a cluster. */
    private List<String> reachableMembers() {
        return cluster.map(member -> member.table().rows().stream()
                        .filter(ClusterTable.Row::isReachable)
                        .map(ClusterTable.Row::member)
                        .toList())
                .orElse(List.of());
    }

    private ClusterReclaimer.Status clusterStatus() {
        return cluster.map(ClusterReclaimer::status).orElse(NO_CLUSTER);
    }

    /** Waits until a time after the start. Returns whether the system has terminated by then. */
    private boolean awaitTermination(Duration sinceStart) throws InterruptedException {
        return terminated.await(sinceStart.minus(elapsed()).toNanos(), TimeUnit.NANOSECONDS);
    }

    private int end() throws InterruptedException {
        CoordinatedShutdown.get(system).runAll(EndOfRun.INSTANCE);
        terminated.await();
        return isFault() ? Main.FAILED : 0;
    }

    private CompletionStage<Done> stopLoad() {
        return AskPattern.ask(system, Workload.Stop::new, STOP_TIMEOUT, system.scheduler());
    }

    private CompletionStage<Done> printSummary() {
        if (isFault()) {
            System.err.println("reclaimer: " + fault());
        } else {
            output.printLast(summary(false).lines());
        }
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    /** Returns whether the system ended for another reason than the end of the run, Ctrl-C or leaving the cluster. */
    private boolean isFault() {
        return CoordinatedShutdown.get(system)
                .getShutdownReason()
                .filter(reason -> !reason.equals(EndOfRun.INSTANCE)
                        && !reason.equals(CoordinatedShutdown.jvmExitReason())
                        && !reason.equals(CoordinatedShutdown.clusterLeavingReason()))
                .isPresent();
    }

    private String fault() {
        CoordinatedShutdown.Reason reason =
                CoordinatedShutdown.get(system).getShutdownReason().orElseThrow();
        if (reason.equals(CoordinatedShutdown.clusterDowningReason())) {
            return "the cluster has downed this member, and with it the node"
                    + " [akka.cluster.run-coordinated-shutdown-when-down]";
        }
        // Only a fatal error in one of its threads makes the system terminate itself, most likely an OutOfMemoryError.
        return reason.equals(CoordinatedShutdown.actorSystemTerminateReason())
                ? "a fatal error ended the node"
                : "the node has ended: " + reason;
    }

    private void printOutOfMemorySummary() {
        output.printLast(summary(true).lines());
    }

    private Summary summary(boolean isOutOfMemory) {
        return new Summary(
                elapsed(),
                heapMaxBytes,
                pressure.heapStatus(),
                new Summary.Caches(caches.rates(), sizes, caches.buffers()),
                cluster.map(ClusterReclaimer::status),
                isOutOfMemory);
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }
}
