package io.reclaimer;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.javadsl.Adapter;
import io.reclaimer.engine.EngineContext;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.ShrinkerTarget;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Protection;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.Registration;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceListener;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
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

    private final ActorSystem<?> system;
    private final ReclaimerSettings settings;
    private final EngineContext engine;
    private final OpenRequests open;
    private final EngineRequests requests;
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
        engine.setSystem(system);
        this.open = new OpenRequests(
                system.dispatchers().lookup(DispatcherSelector.fromConfig("reclaimer.answer-dispatcher")));
        system.getWhenTerminated().thenRun(() -> {
            blocking.shutdown();
            open.failAll();
        });
        this.requests = new EngineRequests(system, settings, engine, open::failAll);
        this.protocol = system.systemActorOf(ReclaimerProtocol.create(this), "reclaimer", EngineRequests.CONTROL);
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        shutdown.addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "reclaimer", this::shutDown);
        // The system does not end while a call to a shrinker holds one of its actors. Open futures fail before, so that
        // they do not wait for that.
        shutdown.addTask(CoordinatedShutdown.PhaseActorSystemTerminate(), "reclaimer-answers", () -> {
            open.failAll();
            return CompletableFuture.completedStage(Done.getInstance());
        });
    }

    OpenRequests open() {
        return open;
    }

    EngineRequests requests() {
        return requests;
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
        return open.send(replyTo -> requests.online(path, replyTo));
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
        return open.send(replyTo -> requests.onlineWithParents(path, replyTo));
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
        return open.send(replyTo -> requests.offline(path, replyTo));
    }

    /**
     * Allocates and registers a shrinker. When it is registered it is called by the actor of each (cgroup, node) pair,
     * or, if its spec is blocking or it was slow lately, on threads where it may wait.
     *
     * <p>Fails as {@link #allocate(ShrinkerSpec, Shrinker)} does.
     */
    public CompletionStage<ShrinkerHandle> register(ShrinkerSpec spec, Shrinker shrinker) {
        requireNonNull(spec, shrinker);
        return open.send(replyTo -> allocate(spec, shrinker, andRegister(replyTo)));
    }

    /**
     * Allocates a shrinker. It has an id and its bits can be set, but it is not called before it is registered.
     *
     * <p>Fails if no id is left, if the spec names a node that does not exist, or if the reclaimer is shutting down.
     */
    public CompletionStage<ShrinkerHandle> allocate(ShrinkerSpec spec, Shrinker shrinker) {
        requireNonNull(spec, shrinker);
        return open.send(replyTo -> allocate(spec, shrinker, replyTo));
    }

    /** Allocates and registers a shrinker that replies with stages, see {@link #register(ShrinkerSpec, Shrinker)}. */
    public CompletionStage<ShrinkerHandle> register(ShrinkerSpec spec, AsyncShrinker shrinker) {
        requireNonNull(spec, shrinker);
        return open.send(replyTo -> allocate(spec, shrinker, andRegister(replyTo)));
    }

    /** Allocates a shrinker that replies with stages, see {@link #allocate(ShrinkerSpec, Shrinker)}. */
    public CompletionStage<ShrinkerHandle> allocate(ShrinkerSpec spec, AsyncShrinker shrinker) {
        requireNonNull(spec, shrinker);
        return open.send(replyTo -> allocate(spec, shrinker, replyTo));
    }

    /**
     * Allocates and registers an actor as a shrinker. The actor is sent {@link ShrinkerMessage}s and answers them; its
     * objects stay its own. The shrinker is freed when the actor stops; a restart keeps it.
     *
     * <p>Fails as {@link #allocate(ShrinkerSpec, Shrinker)} does.
     */
    public CompletionStage<ShrinkerHandle> register(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {
        requireNonNull(spec, shrinker);
        return open.send(replyTo -> allocate(spec, shrinker, andRegister(replyTo)));
    }

    /** Allocates an actor as a shrinker, see {@link #allocate(ShrinkerSpec, Shrinker)}. */
    public CompletionStage<ShrinkerHandle> allocate(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {
        requireNonNull(spec, shrinker);
        return open.send(replyTo -> allocate(spec, shrinker, replyTo));
    }

    private static void requireNonNull(ShrinkerSpec spec, Object shrinker) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(shrinker, "shrinker");
    }

    void allocate(ShrinkerSpec spec, Shrinker shrinker, Reply<ShrinkerHandle> replyTo) {
        requests.allocate(spec, ShrinkerTarget.of(spec, shrinker), replyTo.mapping(this::handleOf));
    }

    void allocate(ShrinkerSpec spec, AsyncShrinker shrinker, Reply<ShrinkerHandle> replyTo) {
        requests.allocate(spec, ShrinkerTarget.of(shrinker), replyTo.mapping(this::handleOf));
    }

    void allocate(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker, Reply<ShrinkerHandle> replyTo) {
        requests.allocate(spec, shrinker, replyTo.mapping(this::handleOf));
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
                requests.register(handle, replyTo);
            }
        };
    }

    /**
     * Sets the protection of a cgroup with its descendants on a node against rounds that are requested for a cgroup above
     * it. It ends when the cgroup goes offline. Counts are not held off. Visits under way end undisturbed.
     *
     * <p>Fails if the cgroup is not online, or if there is no such node.
     *
     * @param node its name, as in {@code reclaimer.nodes}
     */
    public CompletionStage<Done> protect(CgroupPath cgroup, String node, Protection level) {
        Objects.requireNonNull(cgroup, "cgroup");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(level, "level");
        return open.send(replyTo -> requests.protect(cgroup, node, level, replyTo));
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
        return start(request, requests::reclaim);
    }

    /**
     * Counts the objects that the shrinkers of a round of {@code request} could free. Frees nothing, and changes no bit
     * and no deferred count. The target and the priority of the request are ignored.
     *
     * <p>It does not wait for slow shrinkers; the report says how many visits were not made. Otherwise it answers and
     * fails as {@link #reclaim} does, and counts as a round under way.
     */
    public CompletionStage<CountReport> count(ReclaimRequest request) {
        return start(request, requests::count);
    }

    /** Starts a round with a cancellation of its own, which is thrown when the application completes the future. */
    private <T> CompletionStage<T> start(ReclaimRequest request, BiConsumer<ReclaimRequest, Reply<T>> how) {
        Objects.requireNonNull(request, "request");
        Cancellation own = new Cancellation();
        Registration registration =
                request.cancellation().map(users -> users.onCancel(own::cancel)).orElse(() -> {});
        return open.send(replyTo -> how.accept(request.cancelledBy(own), replyTo), () -> {
            registration.close();
            own.cancel();
        });
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
        return open.send(requests::state);
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

    CompletionStage<ShrinkerHandle> register(ShrinkerHandle handle) {
        return open.send(replyTo -> requests.register(handle, replyTo));
    }

    CompletionStage<Done> free(ShrinkerEntry entry) {
        return open.send(entry::free);
    }

    private CompletionStage<Done> shutDown() {
        return open.<Done>send(requests::endRounds).thenCompose(ended -> open.send(requests::freeShrinkers));
    }
}
