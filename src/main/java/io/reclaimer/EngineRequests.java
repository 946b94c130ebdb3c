package io.reclaimer;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import io.reclaimer.engine.CgroupTree;
import io.reclaimer.engine.EngineContext;
import io.reclaimer.engine.RoundResult;
import io.reclaimer.engine.RoundSpec;
import io.reclaimer.engine.Rounds;
import io.reclaimer.engine.ShrinkerRegistry;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.ShrinkerTarget;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Protection;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The requests of both front doors, futures ({@link Reclaimer}) and messages ({@link ReclaimerProtocol}), to the actors
 * of the engine. Thread-safe; all methods return at once.
 */
final class EngineRequests implements HeldRounds.Engine {

    static final Props CONTROL = DispatcherSelector.fromConfig("reclaimer.control-dispatcher");

    private final ActorSystem<?> system;
    private final ReclaimerSettings settings;
    private final EngineContext engine;
    private final ActorRef<Rounds.Command> rounds;
    private final ActorRef<CgroupTree.Command> tree;
    private final ActorRef<ShrinkerRegistry.Command> registry;
    private final AtomicLong proxies = new AtomicLong();

    /**
     * Starts the actors of the engine.
     *
     * @param failed receives the failure of one of them, after which nothing is answered any more
     */
    EngineRequests(
            ActorSystem<?> system,
            ReclaimerSettings settings,
            EngineContext engine,
            Consumer<ReclaimerException> failed) {
        this.system = system;
        this.settings = settings;
        this.engine = engine;
        this.rounds = start(Rounds.Command.class, Rounds.create(engine), "reclaimer-rounds", failed);
        this.tree = start(CgroupTree.Command.class, CgroupTree.create(engine, rounds), "reclaimer-tree", failed);
        this.registry =
                start(ShrinkerRegistry.Command.class, ShrinkerRegistry.create(engine), "reclaimer-registry", failed);
        system.systemActorOf(
                CoreActorsWatch.create(List.of(rounds, tree, registry), failed), "reclaimer-watch", CONTROL);
        settings.cgroups().forEach(this::bringOnline);
    }

    private <T> ActorRef<T> start(
            Class<T> type, Behavior<T> behavior, String name, Consumer<ReclaimerException> failed) {
        return system.systemActorOf(CoreActorsWatch.reportingFailure(type, behavior, name, failed), name, CONTROL);
    }

    void online(CgroupPath path, Reply<Cgroup> replyTo) {
        tree.tell(new CgroupTree.Online(path, replyTo.mapping(Cgroup::new)));
    }

    void onlineWithParents(CgroupPath path, Reply<Cgroup> replyTo) {
        // The tree handles these messages in this order, so nobody waits for the reply of the parent.
        path.parent().ifPresent(this::bringOnline);
        online(path, replyTo);
    }

    private void bringOnline(CgroupPath path) {
        path.withAncestors().forEach(above -> tree.tell(new CgroupTree.Online(above, Reply.none())));
    }

    void offline(CgroupPath path, Reply<Done> replyTo) {
        tree.tell(new CgroupTree.Offline(path, replyTo));
    }

    void protect(CgroupPath path, String node, Protection level, Reply<Done> replyTo) {
        try {
            tree.tell(new CgroupTree.Protect(path, settings.node(node), level, replyTo));
        } catch (ReclaimerException e) {
            replyTo.failure(e);
        }
    }

    /** The shrinkers that are not freed. */
    List<ShrinkerEntry> allocated() {
        return engine.table().allocated();
    }

    void allocate(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker, Reply<ShrinkerEntry> replyTo) {
        try {
            ShrinkerSpec numbered = withNodeNumbers(spec);
            ActorRef<ShrinkerProxy.Command> proxy = startProxy(numbered, shrinker);
            registry.tell(new ShrinkerRegistry.Allocate(
                    numbered, ShrinkerTarget.of(ShrinkerProxy.strategy(proxy)), (entry, why) -> {
                        proxy.tell(entry != null ? new ShrinkerProxy.Allocated(entry) : ShrinkerProxy.End.INSTANCE);
                        replyTo.accept(entry, why);
                    }));
        } catch (ReclaimerException e) {
            replyTo.failure(e);
        }
    }

    private ActorRef<ShrinkerProxy.Command> startProxy(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {
        try {
            return system.systemActorOf(
                    ShrinkerProxy.create(shrinker, spec.traits().contains(ShrinkerTrait.REENTRANT)),
                    "reclaimer-shrinker-proxy-" + proxies.incrementAndGet(),
                    CONTROL);
        } catch (IllegalStateException e) {
            // Thrown by an actor system that is ending.
            throw new ReclaimerException(
                    Reason.SHUTTING_DOWN,
                    "Shrinker [" + spec.name() + "] can't be allocated: the actor system is ending");
        }
    }

    void allocate(ShrinkerSpec spec, ShrinkerTarget target, Reply<ShrinkerEntry> replyTo) {
        try {
            registry.tell(new ShrinkerRegistry.Allocate(withNodeNumbers(spec), target, replyTo));
        } catch (ReclaimerException e) {
            replyTo.failure(e);
        }
    }

    /**
     * Returns the spec with its nodes by number.
     *
     * @throws ReclaimerException if it has a node that does not exist
     */
    private ShrinkerSpec withNodeNumbers(ShrinkerSpec spec) {
        spec.nodes().forEach(settings::nodeName);
        int[] named = spec.nodeNames().stream().mapToInt(settings::node).toArray();
        return named.length == 0 ? spec : spec.onNodes(named);
    }

    void register(ShrinkerHandle handle, Reply<ShrinkerHandle> replyTo) {
        registry.tell(new ShrinkerRegistry.Register(handle.entry(), replyTo.mapping(done -> handle)));
    }

    @Override
    public void reclaim(ReclaimRequest request, Reply<ReclaimReport> replyTo) {
        if (request.heldLimit().isPresent()) {
            ReclaimRequest bounded = request.within(request.within().orElse(settings.roundDeadline()));
            new HeldRounds(this, bounded, settings.engine().rounds().reportEntries(), engine.nanoTime(), replyTo)
                    .begin();
            return;
        }
        start(request, RoundSpec.Kind.RECLAIM, replyTo, EngineReports::reclaimed);
    }

    @Override
    public void count(ReclaimRequest request, Reply<CountReport> replyTo) {
        start(request, RoundSpec.Kind.COUNT, replyTo, EngineReports::counted);
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
                        request.cgroup(), request.isWithoutDescendants(), nodes.isEmpty() ? allNodes() : nodes),
                new RoundSpec.Goal(kind, request.target(), request.priority(), request.lastPriority()),
                request.within().orElse(settings.roundDeadline()),
                request.flags(),
                request.cancellation());
        tree.tell(new CgroupTree.StartRound(spec, replyTo.mapping(result -> report.apply(spec, result))));
    }

    private List<Integer> allNodes() {
        return IntStream.range(0, settings.nodes().size()).boxed().toList();
    }

    void state(Reply<ReclaimerState> replyTo) {
        rounds.tell(new Rounds.CountRunning((running, why) -> {
            if (running == null) {
                replyTo.accept(null, why);
            } else {
                tree.tell(new CgroupTree.Inspect(
                        replyTo.mapping(found -> StateView.of(settings, engine, found, running))));
            }
        }));
    }

    void endRounds(Reply<Done> replyTo) {
        rounds.tell(new Rounds.EndAll(replyTo));
    }

    void freeShrinkers(Reply<Done> replyTo) {
        registry.tell(new ShrinkerRegistry.FreeAll(replyTo));
    }
}
