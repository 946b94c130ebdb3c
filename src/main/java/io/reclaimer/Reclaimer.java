package io.reclaimer;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Adapter;
import io.reclaimer.engine.CgroupHandle;
import io.reclaimer.engine.CgroupTree;
import io.reclaimer.engine.Inspection;
import io.reclaimer.engine.Published;
import io.reclaimer.engine.Reply;
import io.reclaimer.engine.RoundResult;
import io.reclaimer.engine.RoundSpec;
import io.reclaimer.engine.Rounds;
import io.reclaimer.engine.ShrinkerEntry;
import io.reclaimer.engine.ShrinkerRegistry;
import io.reclaimer.engine.ShrinkerTarget;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import io.reclaimer.shrinker.TraceListener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * The reclaimer of an actor system: caches are registered with it as shrinkers, and rounds ask each for its fair share.
 * One a system; systems in one JVM know nothing of each other.
 *
 * <p>Every method may be called from any thread and returns at once. Stages fail with a {@link ReclaimerException}; none
 * stays open when the actor system has ended. What hangs on them runs on the reclaimer's own answer dispatcher, and
 * should not block there. The same is there as messages, see {@link ReclaimerProtocol}.
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

    private static final Props CONTROL = DispatcherSelector.fromConfig("reclaimer.control-dispatcher");

    private final ActorSystem<?> system;
    private final AtomicLong ports = new AtomicLong();
    private final ReclaimerSettings settings;
    private final Published published;
    private final Answers answers;
    private final ActorRef<Rounds.Command> rounds;
    private final ActorRef<CgroupTree.Command> tree;
    private final ActorRef<ShrinkerRegistry.Command> registry;
    private final ActorRef<ReclaimerProtocol.Command> protocol;

    private Reclaimer(ActorSystem<?> system) {
        this.system = system;
        this.settings = ReclaimerSettings.from(system.settings().config());
        ReclaimerSetup setup = Adapter.toClassic(system)
                .settings()
                .setup()
                .get(ReclaimerSetup.class)
                .orElseGet(() -> new ReclaimerSetup(
                        System::nanoTime, settings.blockingThreads().create()));
        ExecutorService blocking = setup.blocking();
        this.published = new Published(settings.engine(), setup.nanoTime(), blocking);
        this.answers =
                new Answers(system.dispatchers().lookup(DispatcherSelector.fromConfig("reclaimer.answer-dispatcher")));
        system.getWhenTerminated().thenRun(() -> {
            blocking.shutdown();
            answers.end();
        });
        this.rounds = system.systemActorOf(Rounds.create(published), "reclaimer-rounds", CONTROL);
        this.tree = system.systemActorOf(CgroupTree.create(published, rounds), "reclaimer-tree", CONTROL);
        this.registry = system.systemActorOf(ShrinkerRegistry.create(published, tree), "reclaimer-registry", CONTROL);
        this.protocol = system.systemActorOf(ReclaimerProtocol.create(this), "reclaimer", CONTROL);
        settings.cgroups().forEach(this::bringOnline);
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
        return answers.<CgroupHandle>to(replyTo -> tree.tell(new CgroupTree.Online(path, replyTo)))
                .thenApply(Cgroup::new);
    }

    /** As {@link #onlineWithParents(CgroupPath)}. */
    public CompletionStage<Cgroup> onlineWithParents(String path) {
        return onlineWithParents(CgroupPath.of(path));
    }

    /**
     * Brings a cgroup up, and all above it that is not online. For those who use a cgroup and can't know whether they are the
     * first.
     *
     * <p>Fails where the cgroup or one above it is on its way offline, or cgroups are disabled.
     */
    public CompletionStage<Cgroup> onlineWithParents(CgroupPath path) {
        // In this order to the one who does it, so nobody has to wait for the parent's answer.
        path.parent().ifPresent(this::bringOnline);
        return online(path);
    }

    private void bringOnline(CgroupPath path) {
        path.withAncestors().forEach(above -> tree.tell(new CgroupTree.Online(above, Reply.none())));
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
        return answers.to(replyTo -> tree.tell(new CgroupTree.Offline(path, replyTo)));
    }

    /**
     * Allocates and registers a shrinker: from the answer on it is called, inside the actor of each (cgroup, node) pair,
     * or, where its spec says it is blocking, on threads where it may wait.
     */
    public CompletionStage<ShrinkerHandle> register(ShrinkerSpec spec, Shrinker shrinker) {
        return allocate(spec, shrinker).thenCompose(ShrinkerHandle::register);
    }

    /**
     * Allocates a shrinker: it has an id and its bits can be set, but it is not called before it is registered.
     *
     * <p>Fails where no id is left, or a map can't grow.
     */
    public CompletionStage<ShrinkerHandle> allocate(ShrinkerSpec spec, Shrinker shrinker) {
        return allocate(spec, ShrinkerTarget.of(spec, shrinker), Reply.none());
    }

    /** As {@link #register(ShrinkerSpec, Shrinker)}, for one that answers later. */
    public CompletionStage<ShrinkerHandle> register(ShrinkerSpec spec, AsyncShrinker shrinker) {
        return allocate(spec, shrinker).thenCompose(ShrinkerHandle::register);
    }

    /** As {@link #allocate(ShrinkerSpec, Shrinker)}, for one that answers later. */
    public CompletionStage<ShrinkerHandle> allocate(ShrinkerSpec spec, AsyncShrinker shrinker) {
        return allocate(spec, ShrinkerTarget.of(shrinker), Reply.none());
    }

    /**
     * Allocates and registers an actor as a shrinker: it is sent {@link ShrinkerMessage}s and answers them; what it
     * holds stays its own. The shrinker is freed by itself when the actor stops; a restart keeps it.
     */
    public CompletionStage<ShrinkerHandle> register(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {
        return allocate(spec, shrinker).thenCompose(ShrinkerHandle::register);
    }

    /** As {@link #allocate(ShrinkerSpec, Shrinker)}, for an actor. */
    public CompletionStage<ShrinkerHandle> allocate(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {
        ActorRef<ActorShrinker.Command> port;
        try {
            port = system.systemActorOf(
                    ActorShrinker.create(shrinker, spec.traits().contains(ShrinkerTrait.REENTRANT)),
                    "reclaimer-port-" + ports.incrementAndGet(),
                    CONTROL);
        } catch (IllegalStateException e) {
            // What an actor system says that is ending.
            return CompletableFuture.failedStage(new ReclaimerException(
                    Reason.SHUTTING_DOWN,
                    "Shrinker [" + spec.name() + "] can't be allocated: the actor system is ending"));
        }
        return allocate(
                spec,
                ShrinkerTarget.of(ActorShrinker.door(port)),
                (entry, why) ->
                        port.tell(entry != null ? new ActorShrinker.Allocated(entry) : ActorShrinker.End.INSTANCE));
    }

    /** Allocates, and tells {@code first} before it answers. */
    private CompletionStage<ShrinkerHandle> allocate(
            ShrinkerSpec spec, ShrinkerTarget target, Reply<ShrinkerEntry> first) {
        return answers.<ShrinkerEntry>to(replyTo ->
                        registry.tell(new ShrinkerRegistry.Allocate(spec, target, (entry, why) -> {
                            first.accept(entry, why);
                            replyTo.accept(entry, why);
                        })))
                .thenApply(entry -> new ShrinkerHandle(entry, this));
    }

    /** The actor system this belongs to. */
    public ActorSystem<?> system() {
        return system;
    }

    /**
     * Starts a round, and answers with what it did: when it is done, at its deadline, or when it is cancelled.
     *
     * <p>Fails where as many rounds as allowed are under way, or the request names a node that there is not.
     */
    public CompletionStage<ReclaimReport> reclaim(ReclaimRequest request) {
        return start(request, false, ReclaimReport::of);
    }

    /**
     * Asks the shrinkers that a round of {@code request} would ask, but only what they could free: nothing is freed, no bit
     * and no deferred count changes. The request's target and priority do not matter.
     *
     * <p>Answers and fails as {@link #reclaim} does, and counts among the rounds that may be under way.
     */
    public CompletionStage<CountReport> count(ReclaimRequest request) {
        return start(request, true, CountReport::of);
    }

    private <T> CompletionStage<T> start(
            ReclaimRequest request, boolean countOnly, BiFunction<RoundSpec, RoundResult, T> report) {
        int nodes = settings.nodes().size();
        try {
            request.nodes().forEach(settings::nodeName);
        } catch (ReclaimerException e) {
            return CompletableFuture.failedStage(e);
        }
        RoundSpec spec = new RoundSpec(
                request.cgroup(),
                request.isAlone(),
                request.nodes().isEmpty() ? IntStream.range(0, nodes).boxed().toList() : request.nodes(),
                request.objects(),
                request.priority(),
                request.lastPriority(),
                countOnly,
                false,
                request.within().orElse(settings.roundDeadline()),
                request.flags(),
                request.cancellation());
        return answers.<RoundResult>to(replyTo -> tree.tell(new CgroupTree.StartRound(spec, replyTo)))
                .thenApply(result -> report.apply(spec, result));
    }

    /** What there is now; also answers only when every bit that was set before will be seen by a round that follows. */
    public CompletionStage<ReclaimerState> state() {
        CompletionStage<Integer> running = answers.to(replyTo -> rounds.tell(new Rounds.CountRunning(replyTo)));
        return answers.<Inspection.Inspected>to(replyTo -> tree.tell(new CgroupTree.Inspect(replyTo)))
                .thenCombine(running, (found, rounding) -> StateView.of(settings, published, found, rounding));
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
        return answers.to(replyTo -> registry.tell(new ShrinkerRegistry.Register(entry, replyTo)));
    }

    CompletionStage<Done> free(ShrinkerEntry entry) {
        return answers.to(entry::free);
    }

    private CompletionStage<Done> shutDown() {
        return answers.<Done>to(replyTo -> rounds.tell(new Rounds.EndAll(replyTo)))
                .thenCompose(ended -> answers.to(replyTo -> registry.tell(new ShrinkerRegistry.FreeAll(replyTo))));
    }
}
