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
import io.reclaimer.cluster.ClusterReclaimer;
import io.reclaimer.cluster.ClusterTable;
import io.reclaimer.pressure.HeapPressure;
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
 * One run of a node: starts it, prints a line a second, ends it. By one thread, which it keeps until the end.
 *
 * <ol>
 *   <li>{@link #run} starts the actor system and the caches, {@link #start} the load.
 *   <li>{@link #printLines} until the time is over, or someone ends the system (Ctrl-C).
 *   <li>Coordinated shutdown: {@link #stopLoad} first, then {@link #printSummary}, while the reclaimer ends rounds and
 *       frees the shrinkers, then the actors end.
 * </ol>
 */
final class NodeProgram {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(1);
    private static final int LINES_A_TITLE = 20;
    private static final int LINES_A_TABLE = 10;

    /** What this program relies on, whatever is configured. */
    private static final Config FIXED =
            ConfigFactory.parseString("akka { coordinated-shutdown.exit-jvm = off, jvm-exit-on-fatal-error = off }");

    /** What it needs more of than the library's defaults have. */
    static final Config DEFAULTS = ConfigFactory.parseString("reclaimer.nodes = [\"" + HeapPressure.NODE + "\", \""
            + DirectBufferPool.NODE + "\"]\nnode { load = 1, surges = on }");

    private static final ClusterReclaimer.Status NO_CLUSTER = new ClusterReclaimer.Status(0, 0, 0, 0, 0, 0, 0);

    private static final Config NO_ROUNDS = ConfigFactory.parseString("reclaimer.pressure.heap.rounds = off");

    private enum Ended implements CoordinatedShutdown.Reason {
        AS_ASKED
    }

    private final Options options;
    private final ActorSystem<Workload.Command> system;
    private final NodeCaches caches;
    private final Pressure pressure;
    private final Optional<ClusterReclaimer> cluster;
    private final OutOfMemory outOfMemory = new OutOfMemory(this::lastWords);
    private final Output output = new Output(System.out);
    private final long heapMaxBytes = Runtime.getRuntime().maxMemory();
    private final long startNanos = System.nanoTime();
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Written by the thread that prints lines. */
    private volatile MeanHeld held = MeanHeld.NONE;

    private NodeProgram(
            Options options,
            ActorSystem<Workload.Command> system,
            NodeCaches caches,
            Optional<ClusterReclaimer> cluster) {
        this.options = options;
        this.system = system;
        this.caches = caches;
        this.pressure = Pressure.get(system);
        this.cluster = cluster;
    }

    /** Whether a node with these settings is a member of a cluster. */
    static boolean isMember(Config config) {
        return config.getString("akka.actor.provider").equals("cluster");
    }

    /** @return the exit code */
    static int run(Options options, Config config) throws InterruptedException {
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
        summary(true).lines(); // loads what is needed to say it later
        outOfMemory.catchAll(system.name());
        system.getWhenTerminated().thenRun(ended::countDown);
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        shutdown.addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "stop-load", this::stopLoad);
        shutdown.addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "summary", this::printSummary);
        output.print(StatusLine.header(options, heapMaxBytes));
        Map<String, Behavior<TenantLoad.Command>> behaviors = new HashMap<>();
        for (Options.Load load : options.loads()) {
            behaviors.put(
                    load.tenant().shortName(),
                    TenantLoad.create(caches.of(load.tenant()), load.keys(), options.pace(), outOfMemory));
        }
        system.tell(new Workload.Start(behaviors, rounds()));
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
                                new Felt(pressure::heapStatus),
                                () -> Phases.surging(elapsed()),
                                output::print)));
        return rounds;
    }

    private void printLines() throws InterruptedException {
        Duration end = options.runFor().orElse(Durations.LONGEST);
        Map<Tenant, Hits.Rate> before = caches.rates();
        ClusterReclaimer.Status given = clusterStatus();
        List<String> members = List.of();
        for (int line = 1; ; line++) {
            Duration due = LINE_INTERVAL.multipliedBy(line);
            if (endedUntil(due.compareTo(end) < 0 ? due : end) || due.compareTo(end) > 0) {
                return;
            }
            Map<Tenant, Hits.Rate> now = caches.rates();
            if (line % LINES_A_TITLE == 1) {
                output.print(StatusLine.title());
            }
            output.print(List.of(
                    StatusLine.of(elapsed(), heapMaxBytes, pressure.heapStatus(), options, Hits.since(now, before))));
            before = now;
            held = held.with(caches);
            ClusterReclaimer.Status status = clusterStatus();
            List<String> present = present();
            if (!present.equals(members)) {
                output.print(List.of(StatusLine.members(present)));
                members = present;
            }
            if (status.parts() > given.parts()) {
                output.print(List.of(StatusLine.gave(given, status)));
            }
            given = status;
            if (line % LINES_A_TABLE == 0) {
                cluster.ifPresent(member -> output.print(StatusLine.table(member.table())));
            }
        }
    }

    /** Who is in the cluster and can be reached, as far as they have said so; nobody where it is no member. */
    private List<String> present() {
        return cluster.map(member -> member.table().rows().stream()
                        .filter(ClusterTable.Row::isReachable)
                        .map(ClusterTable.Row::member)
                        .toList())
                .orElse(List.of());
    }

    /** All zero where it is no member. */
    private ClusterReclaimer.Status clusterStatus() {
        return cluster.map(ClusterReclaimer::status).orElse(NO_CLUSTER);
    }

    /** Waits until so long after the start; whether the system has ended by then. */
    private boolean endedUntil(Duration sinceStart) throws InterruptedException {
        return ended.await(sinceStart.minus(elapsed()).toNanos(), TimeUnit.NANOSECONDS);
    }

    private int end() throws InterruptedException {
        CoordinatedShutdown.get(system).runAll(Ended.AS_ASKED);
        ended.await();
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

    /** Whether something ended the system that nobody asked for. */
    private boolean isFault() {
        return CoordinatedShutdown.get(system)
                .getShutdownReason()
                .filter(reason -> !reason.equals(Ended.AS_ASKED)
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
        // Nobody else terminates the system by itself: an error in one of its threads, out of memory most likely.
        return reason.equals(CoordinatedShutdown.actorSystemTerminateReason())
                ? "a fatal error ended the node"
                : "the node has ended: " + reason;
    }

    private void lastWords() {
        output.printLast(summary(true).lines());
    }

    private Summary summary(boolean isOutOfMemory) {
        return new Summary(
                elapsed(),
                heapMaxBytes,
                pressure.heapStatus(),
                caches.rates(),
                held,
                caches.buffers(),
                cluster.map(ClusterReclaimer::status),
                isOutOfMemory);
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }
}
