package io.reclaimer;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.japi.function.Function;
import akka.pattern.StatusReply;
import io.reclaimer.engine.CgroupHandle;
import io.reclaimer.engine.CgroupTree;
import io.reclaimer.engine.Inspection;
import io.reclaimer.engine.Published;
import io.reclaimer.engine.RoundResult;
import io.reclaimer.engine.RoundSpec;
import io.reclaimer.engine.Rounds;
import io.reclaimer.engine.ShrinkerEntry;
import io.reclaimer.engine.ShrinkerGuard;
import io.reclaimer.engine.ShrinkerRegistry;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * The reclaimer of an actor system: caches are registered with it as shrinkers, and rounds ask each for its fair share.
 * One a system; systems in one JVM know nothing of each other.
 *
 * <p>Every method may be called from any thread and returns at once. Stages fail with a {@link ReclaimerException}, and
 * with a {@link java.util.concurrent.TimeoutException} where the actor system has ended. The same is there as messages,
 * see {@link ReclaimerProtocol}.
 *
 * <p>It ends with its actor system: coordinated shutdown, in the phase before the system terminates, ends all rounds and
 * frees all shrinkers.
 */
public final class Reclaimer implements Extension {

    private static final ExtensionId<Reclaimer> ID = new ExtensionId<>() {
        @Override
        public Reclaimer createExtension(ActorSystem<?> system) {
            return new Reclaimer(system);
        }
    };

    /** How long after its own time limit an answer may come before it is given up: its actor system has ended then. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** How long a freeing waits for the last visit; one that takes longer never ends. */
    private static final Duration LONGEST_FREEING = Duration.ofDays(1);

    private final ActorSystem<?> system;
    private final ReclaimerSettings settings;
    private final Published published;
    private final ActorRef<Rounds.Command> rounds;
    private final ActorRef<CgroupTree.Command> tree;
    private final ActorRef<ShrinkerRegistry.Command> registry;
    private final ActorRef<ReclaimerProtocol.Command> protocol;

    private Reclaimer(ActorSystem<?> system) {
        this.system = system;
        this.settings = ReclaimerSettings.from(system.settings().config());
        this.published = new Published(settings.engine(), System::nanoTime);
        Props control = DispatcherSelector.fromConfig("reclaimer.control-dispatcher");
        this.rounds = system.systemActorOf(Rounds.create(published), "reclaimer-rounds", control);
        this.tree = system.systemActorOf(CgroupTree.create(published, rounds), "reclaimer-tree", control);
        this.registry = system.systemActorOf(ShrinkerRegistry.create(published, tree), "reclaimer-registry", control);
        this.protocol = system.systemActorOf(ReclaimerProtocol.create(this), "reclaimer", control);
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "reclaimer", this::shutDown);
    }

    /**
     * The reclaimer of {@code system}, started if need be.
     *
     * @throws IllegalArgumentException where the system's configuration is invalid, see {@link ReclaimerSettings#from}
     */
    public static Reclaimer get(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /** Where the same is asked for by messages. */
    public ActorRef<ReclaimerProtocol.Command> ref() {
        return protocol;
    }

    public ReclaimerSettings settings() {
        return settings;
    }

    /** As {@link #online(CgroupPath)}. */
    public CompletionStage<Cgroup> online(String path) {
        return online(CgroupPath.of(path));
    }

    /**
     * Brings a cgroup up, below a parent that is online. Where it is online already, the answer is that one.
     *
     * <p>Fails where the parent is not online, the cgroup is on its way offline, or cgroups are disabled.
     */
    public CompletionStage<Cgroup> online(CgroupPath path) {
        return this.<CgroupTree.Command, CgroupHandle>askWithStatus(
                        tree, replyTo -> new CgroupTree.Online(path, replyTo), Duration.ZERO)
                .thenApply(Cgroup::new);
    }

    /** As {@link #offline(CgroupPath)}. */
    public CompletionStage<Done> offline(String path) {
        return offline(CgroupPath.of(path));
    }

    /**
     * Takes a cgroup down that has no children: its shrinkers move its objects to its parent, its deferred counts move
     * there, and then this answers.
     *
     * <p>Fails for the root, for a cgroup that is not online or has children, and where a slow shrinker holds it up for
     * longer than configured; in that last case it goes offline later all the same.
     */
    public CompletionStage<Done> offline(CgroupPath path) {
        return askWithStatus(
                tree,
                replyTo -> new CgroupTree.Offline(path, replyTo),
                settings.engine().offlineTimeout());
    }

    /** Allocates and registers a shrinker: from the answer on it is called. */
    public CompletionStage<ShrinkerHandle> register(ShrinkerSpec spec, Shrinker shrinker) {
        return allocate(spec, shrinker).thenCompose(ShrinkerHandle::register);
    }

    /**
     * Allocates a shrinker: it has an id and its bits can be set, but it is not called before it is registered.
     *
     * <p>Fails where no id is left, or a map can't grow.
     */
    public CompletionStage<ShrinkerHandle> allocate(ShrinkerSpec spec, Shrinker shrinker) {
        return this.<ShrinkerRegistry.Command, ShrinkerEntry>askWithStatus(
                        registry,
                        replyTo -> new ShrinkerRegistry.Allocate(spec, shrinker, replyTo),
                        settings.engine().growthTimeout().multipliedBy(2))
                .thenApply(entry -> new ShrinkerHandle(entry, this));
    }

    /**
     * Starts a round, and answers with what it did: when it is done, at its deadline, or when it is cancelled.
     *
     * <p>Fails where as many rounds as allowed are under way, or the request names a node that there is not.
     */
    public CompletionStage<ReclaimReport> reclaim(ReclaimRequest request) {
        for (int node : request.nodes()) {
            if (node >= settings.nodes().size()) {
                return failed(new ReclaimerException(
                        Reason.NO_SUCH_NODE,
                        "There is no node [" + node + "] to reclaim from; there are 0 to "
                                + (settings.nodes().size() - 1) + " [reclaimer.nodes]"));
            }
        }
        RoundSpec spec = new RoundSpec(
                request.cgroup(),
                request.isAlone(),
                request.nodes().isEmpty()
                        ? IntStream.range(0, settings.nodes().size()).boxed().toList()
                        : request.nodes(),
                request.objects().orElse(RoundSpec.NO_TARGET),
                request.priority(),
                request.lastPriority(),
                request.within().orElse(settings.roundDeadline()),
                request.flags(),
                request.cancellation());
        return this.<CgroupTree.Command, RoundResult>askWithStatus(
                        tree, replyTo -> new CgroupTree.StartRound(spec, replyTo), spec.within())
                .thenApply(result -> report(spec, result));
    }

    /** What there is now; also answers only when every bit that was set before will be seen by a round that follows. */
    public CompletionStage<ReclaimerState> state() {
        CompletionStage<Integer> running = AskPattern.ask(rounds, Rounds.CountRunning::new, GRACE, system.scheduler());
        CompletionStage<Inspection.Inspected> inspected = AskPattern.ask(
                tree, CgroupTree.Inspect::new, GRACE.multipliedBy(CgroupPath.MAX_DEPTH), system.scheduler());
        return inspected.thenCombine(running, (found, rounding) -> StateView.of(settings, published, found, rounding));
    }

    /**
     * Has a listener hear of every visit.
     *
     * @return removes it when run
     */
    public Runnable trace(TraceListener listener) {
        return published.tracer().add(listener);
    }

    CompletionStage<Done> register(ShrinkerEntry entry) {
        return ofGuard(entry, ShrinkerGuard.Register::new);
    }

    CompletionStage<Done> free(ShrinkerEntry entry) {
        return ofGuard(entry, ShrinkerGuard.Free::new);
    }

    private CompletionStage<Done> ofGuard(
            ShrinkerEntry entry, Function<ActorRef<StatusReply<Done>>, ShrinkerGuard.Command> message) {
        // One that is gone has no guard to say so.
        return entry.isFreeing()
                ? failed(ShrinkerGuard.alreadyFreed(entry))
                : askWithStatus(entry.guard(), message, LONGEST_FREEING);
    }

    private <T, R> CompletionStage<R> askWithStatus(
            ActorRef<T> actor, Function<ActorRef<StatusReply<R>>, T> message, Duration limit) {
        return AskPattern.askWithStatus(actor, message, limit.plus(GRACE), system.scheduler());
    }

    private static <T> CompletionStage<T> failed(ReclaimerException why) {
        return CompletableFuture.failedStage(why);
    }

    private CompletionStage<Done> shutDown() {
        CompletionStage<Done> ended = AskPattern.ask(rounds, Rounds.EndAll::new, LONGEST_FREEING, system.scheduler());
        return ended.thenCompose(
                done -> AskPattern.ask(registry, ShrinkerRegistry.FreeAll::new, LONGEST_FREEING, system.scheduler()));
    }

    private static ReclaimReport report(RoundSpec spec, RoundResult result) {
        List<ReclaimReport.Freed> largest = result.largest().stream()
                .map(freed -> new ReclaimReport.Freed(freed.cgroup(), freed.shrinker(), freed.objects()))
                .toList();
        long listed = largest.stream().mapToLong(ReclaimReport.Freed::objects).sum();
        return new ReclaimReport(
                spec.top(),
                ReclaimReport.Outcome.valueOf(result.outcome().name()),
                result.freedObjects(),
                result.freedBytes(),
                result.scannedObjects(),
                result.visits(),
                spec.firstPriority(),
                result.lastPriority(),
                result.elapsed(),
                largest,
                Math.max(0, result.freedObjects() - listed));
    }
}
