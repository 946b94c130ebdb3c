package io.reclaimer;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Adapter;
import io.reclaimer.engine.CgroupTree;
import io.reclaimer.engine.EngineContext;
import io.reclaimer.engine.RoundResult;
import io.reclaimer.engine.RoundSpec;
import io.reclaimer.engine.Rounds;
import io.reclaimer.engine.ShrinkerRegistry;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.ShrinkerTarget;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Registration;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import io.reclaimer.shrinker.TraceListener;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * The reclaimer of an actor system: caches are registered with it as shrinkers, and rounds ask each for its fair share.
 * There is one per actor system; those of several systems in one JVM are independent.
 *
 * <p>All methods are thread-safe and return at once. A null argument is refused by a {@link NullPointerException} that
 * names it. A stage fails with a {@link ReclaimerException} that is not wrapped. No stage stays open when the actor
 * system has ended, or a part of the reclaimer has failed. Dependents of a stage run on the reclaimer's answer
 * dispatcher, and should not block there. The same requests exist as messages, see {@link ReclaimerProtocol}.
 *
 * <p>It ends with its actor system: in the phase before the system terminates, coordinated shutdown ends all rounds and
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
    private final AtomicLong proxies = new AtomicLong();
    private final ReclaimerSettings settings;
    private final EngineContext engine;
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
        this.engine = new EngineContext(settings.engine(), setup.nanoTime(), blocking);
        this.answers =
                new Answers(system.dispatchers().lookup(DispatcherSelector.fromConfig("reclaimer.answer-dispatcher")));
        system.getWhenTerminated().thenRun(() -> {
            blocking.shutdown();
            answers.systemEnded();
        });
        this.rounds = core(Rounds.Command.class, Rounds.create(engine), "reclaimer-rounds");
        this.tree = core(CgroupTree.Command.class, CgroupTree.create(engine, rounds), "reclaimer-tree");
        this.registry = core(ShrinkerRegistry.Command.class, ShrinkerRegistry.create(engine), "reclaimer-registry");
        this.protocol = system.systemActorOf(ReclaimerProtocol.create(this), "reclaimer", CONTROL);
        system.systemActorOf(
                CoreActorsWatch.create(List.of(rounds, tree, registry), answers::end), "reclaimer-watch", CONTROL);
        settings.cgroups().forEach(this::bringOnline);
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "reclaimer", this::shutDown);
        // The system does not end while a call to a shrinker holds one of its actors. Open futures fail before, so that
        // they do not wait for that.
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseActorSystemTerminate(), "reclaimer-answers", answers::systemEnds);
    }

    private <T> ActorRef<T> core(Class<T> type, Behavior<T> behavior, String name) {
        return system.systemActorOf(CoreActorsWatch.telling(type, behavior, name, answers::end), name, CONTROL);
    }

    /** Returns a receiver that is passed a failure when nothing is answered any more. */
    <T> Reply<T> kept(Reply<T> replyTo) {
        return answers.kept(replyTo);
    }

    /**
     * Returns the reclaimer of {@code system}, which is started by the first call.
     *
     * @throws IllegalArgumentException if the configuration of the system is invalid, see {@link
     *     ReclaimerSettings#from}
     */
    public static Reclaimer get(ActorSystem<?> system) {
        return ID.apply(Objects.requireNonNull(system, "system"));
    }

    /** Returns the actor that takes the same requests as messages. */
    public ActorRef<ReclaimerProtocol.Command> ref() {
        return protocol;
    }

    public ReclaimerSettings settings() {
        return settings;
    }

    /**
     * Brings a cgroup online, see {@link #online(CgroupPath)}.
     *
     * @throws IllegalArgumentException if {@code path} is not a valid path, see {@link CgroupPath#of}
     */
    public CompletionStage<Cgroup> online(String path) {
        return online(CgroupPath.of(path));
    }

    /**
     * Brings a cgroup online, below an online parent. The result is the present cgroup if it is online already.
     *
     * <p>Fails if the parent is not online, if the cgroup is on its way offline, or if cgroups are disabled.
     */
    public CompletionStage<Cgroup> online(CgroupPath path) {
        Objects.requireNonNull(path, "path");
        return answers.to(replyTo -> online(path, replyTo));
    }

    void online(CgroupPath path, Reply<Cgroup> replyTo) {
        tree.tell(new CgroupTree.Online(path, replyTo.from(Cgroup::new)));
    }

    /**
     * Brings a cgroup and its ancestors online, see {@link #onlineWithParents(CgroupPath)}.
     *
     * @throws IllegalArgumentException if {@code path} is not a valid path, see {@link CgroupPath#of}
     */
    public CompletionStage<Cgroup> onlineWithParents(String path) {
        return onlineWithParents(CgroupPath.of(path));
    }

    /**
     * Brings a cgroup online, and all its ancestors that are not online. For callers that can't tell whether they are
     * the first to use the cgroup.
     *
     * <p>Fails if the cgroup or an ancestor is on its way offline, or if cgroups are disabled.
     */
    public CompletionStage<Cgroup> onlineWithParents(CgroupPath path) {
        Objects.requireNonNull(path, "path");
        return answers.to(replyTo -> onlineWithParents(path, replyTo));
    }

    void onlineWithParents(CgroupPath path, Reply<Cgroup> replyTo) {
        // The tree handles these messages in this order, so nobody waits for the reply of the parent.
        path.parent().ifPresent(this::bringOnline);
        online(path, replyTo);
    }

    private void bringOnline(CgroupPath path) {
        path.withAncestors().forEach(above -> tree.tell(new CgroupTree.Online(above, Reply.none())));
    }

    /**
     * Takes a cgroup offline, see {@link #offline(CgroupPath)}.
     *
     * @throws IllegalArgumentException if {@code path} is not a valid path, see {@link CgroupPath#of}
     */
    public CompletionStage<Done> offline(String path) {
        return offline(CgroupPath.of(path));
    }

    /**
     * Takes a cgroup without children offline. Its shrinkers move its objects to its parent, its deferred counts move
     * there too, and then the stage is completed.
     *
     * <p>Fails for the root, for a cgroup that is not online or has children, and if a slow shrinker holds it up for
     * longer than {@code reclaimer.offline-timeout}. In that last case the cgroup still goes offline later; a repeated
     * request waits for that.
     */
    public CompletionStage<Done> offline(CgroupPath path) {
        Objects.requireNonNull(path, "path");
        return answers.to(replyTo -> offline(path, replyTo));
    }

    void offline(CgroupPath path, Reply<Done> replyTo) {
        tree.tell(new CgroupTree.Offline(path, replyTo));
    }

    /**
     * Allocates and registers a shrinker. When it is registered it is called by the actor of each (cgroup, node) pair,
     * or, if its spec is blocking or it was slow lately, on threads where it may wait.
     *
     * <p>Fails as {@link #allocate(ShrinkerSpec, Shrinker)} does.
     */
    public CompletionStage<ShrinkerHandle> register(ShrinkerSpec spec, Shrinker shrinker) {
        ShrinkerTarget target = targetOf(spec, shrinker);
        return answers.to(replyTo -> allocate(spec, target, andRegister(replyTo)));
    }

    /**
     * Allocates a shrinker. It has an id and its bits can be set, but it is not called before it is registered.
     *
     * <p>Fails if no id is left, if the spec names a node that does not exist, or if the reclaimer is shutting down.
     */
    public CompletionStage<ShrinkerHandle> allocate(ShrinkerSpec spec, Shrinker shrinker) {
        ShrinkerTarget target = targetOf(spec, shrinker);
        return answers.to(replyTo -> allocate(spec, target, replyTo));
    }

    /** Allocates and registers a shrinker that replies with stages, see {@link #register(ShrinkerSpec, Shrinker)}. */
    public CompletionStage<ShrinkerHandle> register(ShrinkerSpec spec, AsyncShrinker shrinker) {
        ShrinkerTarget target = targetOf(spec, shrinker);
        return answers.to(replyTo -> allocate(spec, target, andRegister(replyTo)));
    }

    /** Allocates a shrinker that replies with stages, see {@link #allocate(ShrinkerSpec, Shrinker)}. */
    public CompletionStage<ShrinkerHandle> allocate(ShrinkerSpec spec, AsyncShrinker shrinker) {
        ShrinkerTarget target = targetOf(spec, shrinker);
        return answers.to(replyTo -> allocate(spec, target, replyTo));
    }

    /**
     * Allocates and registers an actor as a shrinker. The actor is sent {@link ShrinkerMessage}s and answers them; its
     * objects stay its own. The shrinker is freed when the actor stops; a restart keeps it.
     *
     * <p>Fails as {@link #allocate(ShrinkerSpec, Shrinker)} does.
     */
    public CompletionStage<ShrinkerHandle> register(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {
        requireNonNull(spec, shrinker);
        return answers.to(replyTo -> allocate(spec, shrinker, andRegister(replyTo)));
    }

    /** Allocates an actor as a shrinker, see {@link #allocate(ShrinkerSpec, Shrinker)}. */
    public CompletionStage<ShrinkerHandle> allocate(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {
        requireNonNull(spec, shrinker);
        return answers.to(replyTo -> allocate(spec, shrinker, replyTo));
    }

    private static void requireNonNull(ShrinkerSpec spec, Object shrinker) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(shrinker, "shrinker");
    }

    private static ShrinkerTarget targetOf(ShrinkerSpec spec, Shrinker shrinker) {
        requireNonNull(spec, shrinker);
        return ShrinkerTarget.of(spec, shrinker);
    }

    private static ShrinkerTarget targetOf(ShrinkerSpec spec, AsyncShrinker shrinker) {
        requireNonNull(spec, shrinker);
        return ShrinkerTarget.of(shrinker);
    }

    void allocate(ShrinkerSpec spec, Shrinker shrinker, Reply<ShrinkerHandle> replyTo) {
        allocate(spec, targetOf(spec, shrinker), replyTo);
    }

    void allocate(ShrinkerSpec spec, AsyncShrinker shrinker, Reply<ShrinkerHandle> replyTo) {
        allocate(spec, targetOf(spec, shrinker), replyTo);
    }

    void allocate(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker, Reply<ShrinkerHandle> replyTo) {
        if (rejectUnknownNode(spec, replyTo)) {
            return;
        }
        ActorRef<ShrinkerProxy.Command> proxy;
        try {
            proxy = system.systemActorOf(
                    ShrinkerProxy.create(shrinker, spec.traits().contains(ShrinkerTrait.REENTRANT)),
                    "reclaimer-shrinker-proxy-" + proxies.incrementAndGet(),
                    CONTROL);
        } catch (IllegalStateException e) {
            // Thrown by an actor system that is ending.
            replyTo.failure(new ReclaimerException(
                    Reason.SHUTTING_DOWN,
                    "Shrinker [" + spec.name() + "] can't be allocated: the actor system is ending"));
            return;
        }
        registry.tell(
                new ShrinkerRegistry.Allocate(spec, ShrinkerTarget.of(ShrinkerProxy.strategy(proxy)), (entry, why) -> {
                    proxy.tell(entry != null ? new ShrinkerProxy.Allocated(entry) : ShrinkerProxy.End.INSTANCE);
                    replyTo.<ShrinkerEntry>from(this::handleOf).accept(entry, why);
                }));
    }

    private void allocate(ShrinkerSpec spec, ShrinkerTarget target, Reply<ShrinkerHandle> replyTo) {
        if (rejectUnknownNode(spec, replyTo)) {
            return;
        }
        registry.tell(new ShrinkerRegistry.Allocate(spec, target, replyTo.from(this::handleOf)));
    }

    /** Fails the request if the spec names a node that does not exist. True if it does that. */
    private boolean rejectUnknownNode(ShrinkerSpec spec, Reply<?> replyTo) {
        try {
            spec.nodes().forEach(settings::nodeName);
            return false;
        } catch (ReclaimerException e) {
            replyTo.failure(e);
            return true;
        }
    }

    private ShrinkerHandle handleOf(ShrinkerEntry entry) {
        return new ShrinkerHandle(entry, this);
    }

    /** Returns a receiver that registers the allocated shrinker, and then passes the handle to {@code replyTo}. */
    private Reply<ShrinkerHandle> andRegister(Reply<ShrinkerHandle> replyTo) {
        return (handle, why) -> {
            if (handle == null) {
                replyTo.accept(null, why);
            } else {
                register(handle, replyTo);
            }
        };
    }

    /** Returns the actor system that it belongs to. */
    public ActorSystem<?> system() {
        return system;
    }

    /**
     * Starts a round. The result is its report: when it is done, at its deadline, or when it is cancelled. Cancelling
     * the future of the stage, or completing it in any other way, cancels the round too.
     *
     * <p>Fails if as many rounds as allowed are under way, if the request names a node that does not exist, or if the
     * reclaimer is shutting down.
     */
    public CompletionStage<ReclaimReport> reclaim(ReclaimRequest request) {
        return start(request, this::reclaim);
    }

    /**
     * Counts the objects that the shrinkers of a round of {@code request} could free. Frees nothing, and changes no bit
     * and no deferred count. The target and the priority of the request are ignored.
     *
     * <p>It does not wait for slow shrinkers; the report says how many visits were not made. Otherwise it answers and
     * fails as {@link #reclaim} does, and counts as a round under way.
     */
    public CompletionStage<CountReport> count(ReclaimRequest request) {
        return start(request, this::count);
    }

    /** Starts a round with a cancellation of its own, which is thrown when the application completes the future. */
    private <T> CompletionStage<T> start(ReclaimRequest request, BiConsumer<ReclaimRequest, Reply<T>> how) {
        Objects.requireNonNull(request, "request");
        Cancellation own = new Cancellation();
        Registration registration =
                request.cancellation().map(users -> users.onCancel(own::cancel)).orElse(() -> {});
        return answers.to(replyTo -> how.accept(request.cancelledBy(own), replyTo), () -> {
            registration.close();
            own.cancel();
        });
    }

    void reclaim(ReclaimRequest request, Reply<ReclaimReport> replyTo) {
        start(request, RoundSpec.Kind.RECLAIM, replyTo, RoundReport::of);
    }

    void count(ReclaimRequest request, Reply<CountReport> replyTo) {
        start(request, RoundSpec.Kind.COUNT, replyTo, RoundCount::of);
    }

    private <T> void start(
            ReclaimRequest request,
            RoundSpec.Kind kind,
            Reply<T> replyTo,
            BiFunction<RoundSpec, RoundResult, T> report) {
        List<Integer> nodes;
        try {
            nodes = request.nodes(settings);
        } catch (ReclaimerException e) {
            replyTo.failure(e);
            return;
        }
        RoundSpec spec = new RoundSpec(
                new RoundSpec.Scope(
                        request.cgroup(),
                        request.isWithoutDescendants(),
                        nodes.isEmpty()
                                ? IntStream.range(0, settings.nodes().size())
                                        .boxed()
                                        .toList()
                                : nodes),
                new RoundSpec.Goal(kind, request.target(), request.priority(), request.lastPriority()),
                request.within().orElse(settings.roundDeadline()),
                request.flags(),
                request.cancellation());
        tree.tell(new CgroupTree.StartRound(spec, replyTo.from(result -> report.apply(spec, result))));
    }

    /**
     * Returns the bytes that all rounds have freed so far, also those under way: as scans reported them, otherwise by
     * the sizes of shrinkers' objects. Without the bytes that shrinkers free at once. Takes a few microseconds.
     */
    public long freedBytes() {
        return engine.freedBytes();
    }

    /**
     * Returns whether a lossless shrinker ({@link ShrinkerSpec#lossless}) takes part in rounds over one of these nodes.
     *
     * @param nodes their numbers, from 0
     */
    public boolean hasLossless(int... nodes) {
        Objects.requireNonNull(nodes, "nodes");
        return engine.table().allocated().stream()
                .anyMatch(entry -> entry.isRegistered()
                        && entry.isLossless()
                        && IntStream.of(nodes).anyMatch(entry::isOn));
    }

    /**
     * Returns the present state. It has every bit that was set before the call, and a later round visits these bits.
     */
    public CompletionStage<ReclaimerState> state() {
        return answers.to(this::state);
    }

    void state(Reply<ReclaimerState> replyTo) {
        rounds.tell(new Rounds.CountRunning((running, why) -> {
            if (running == null) {
                replyTo.accept(null, why);
            } else {
                tree.tell(
                        new CgroupTree.Inspect(replyTo.from(found -> StateView.of(settings, engine, found, running))));
            }
        }));
    }

    /**
     * Registers a listener for every visit.
     *
     * @return the registration; closing it removes the listener
     */
    public Registration trace(TraceListener listener) {
        Objects.requireNonNull(listener, "listener");
        return engine.tracer().add(listener);
    }

    /** All shrinkers from allocation until they are freed. For tests. */
    List<ShrinkerHandle> shrinkers() {
        return engine.table().allocated().stream().map(this::handleOf).toList();
    }

    CompletionStage<ShrinkerHandle> register(ShrinkerHandle handle) {
        return answers.to(replyTo -> register(handle, replyTo));
    }

    void register(ShrinkerHandle handle, Reply<ShrinkerHandle> replyTo) {
        registry.tell(new ShrinkerRegistry.Register(handle.entry(), replyTo.from(done -> handle)));
    }

    CompletionStage<Done> free(ShrinkerEntry entry) {
        return answers.to(entry::free);
    }

    private CompletionStage<Done> shutDown() {
        return answers.<Done>to(replyTo -> rounds.tell(new Rounds.EndAll(replyTo)))
                .thenCompose(ended -> answers.to(replyTo -> registry.tell(new ShrinkerRegistry.FreeAll(replyTo))));
    }
}
