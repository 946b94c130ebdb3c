package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.VisitingThread;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Protection;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tree of cgroups that are online. Only this actor changes it. One per engine.
 *
 * <p>A cgroup comes online as a handle. Its data on a node is made when its first bit is set there, together with that
 * of its ancestors on the node, and with its own on node 0, which keeps the deferred counts of shrinkers that are not
 * NUMA aware.
 *
 * <p>It never waits for a visitor, except to take the visitor's own cgroup offline. If a visitor is stuck in a call, a
 * new one is started ({@link #onVisitorStuck}).
 *
 * <p>{@link OfflineTransition} takes cgroups offline, {@link Visitors} has their data and visitors by node.
 */
public final class CgroupTree extends AbstractBehavior<CgroupTree.Command> {

    public sealed interface Command {}

    /** Brings a cgroup online. The reply is the present one if it is online already. */
    public record Online(CgroupPath path, Reply<CgroupHandle> replyTo) implements Command {}

    /**
     * Takes a leaf offline. Answered when its objects and counts have moved to the parent. If it is going offline
     * already, answered at the end of that.
     */
    public record Offline(CgroupPath path, Reply<Done> replyTo) implements Command {}

    /** Sets the protection of a cgroup on a node, until it goes offline. */
    public record Protect(CgroupPath path, int node, Protection level, Reply<Done> replyTo) implements Command {}

    /** Finds the top of a round, and starts the round. */
    public record StartRound(RoundSpec spec, Reply<RoundResult> replyTo) implements Command {}

    /** Asks for the state of all, for people and tests. */
    public record Inspect(Reply<Inspection> replyTo) implements Command {}

    /** Sets a bit on a node where the cgroup has no data yet. */
    record FirstBit(CgroupHandle cgroup, int node, ShrinkerEntry entry) implements Command {}

    /** From a visitor: its visits are ended, its objects are moved, and the parent gets these bits. */
    record Quiesced(CgroupPerNode perNode, List<ShrinkerEntry> bits) implements Command {}

    /** From the watchdog: a call holds the thread of a visitor, if the thread is still in the call of that number. */
    record VisitorStuck(Visitor visitor, VisitingThread thread, long callNumber) implements Command {}

    record VisitorStopped(Visitor visitor) implements Command {}

    /** To itself: it is time to look for idle cgroups. */
    enum CheckForIdle implements Command {
        INSTANCE
    }

    /** To itself: a request to go offline has waited for as long as it may. */
    private record OfflineTimeout(CgroupHandle cgroup, int number) implements Command {}

    private final EngineContext engine;
    private final ActorRef<Rounds.Command> rounds;
    private final TimerScheduler<Command> timers;
    private final CgroupHandle root;

    /** All cgroups in the order in which they came online, with those that are going offline. */
    private final Map<CgroupPath, CgroupHandle> cgroups = new LinkedHashMap<>();

    private final Map<CgroupHandle, OfflineTransition> goingOffline = new HashMap<>();
    private final Visitors visitors;

    public static Behavior<Command> create(EngineContext engine, ActorRef<Rounds.Command> rounds) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new CgroupTree(context, timers, engine, rounds)));
    }

    private CgroupTree(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            EngineContext engine,
            ActorRef<Rounds.Command> rounds) {
        super(context);
        this.engine = engine;
        this.rounds = rounds;
        this.timers = timers;
        this.root = new CgroupHandle(CgroupPath.root(), null, context.getSelf());
        this.visitors = new Visitors(context, timers, engine);
        cgroups.put(root.path(), root);
        for (int node = 0; node < engine.settings().nodes(); node++) {
            visitors.of(root, node);
        }
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(FirstBit.class, this::onFirstBit)
                .onMessage(StartRound.class, this::onStartRound)
                .onMessage(Online.class, this::onOnline)
                .onMessage(Offline.class, this::onOffline)
                .onMessage(Protect.class, this::onProtect)
                .onMessage(Quiesced.class, this::onQuiesced)
                .onMessage(OfflineTimeout.class, this::onOfflineTimeout)
                .onMessage(VisitorStuck.class, this::onVisitorStuck)
                .onMessage(VisitorStopped.class, this::onVisitorStopped)
                .onMessage(Inspect.class, this::onInspect)
                .onMessage(CheckForIdle.class, this::onCheckForIdle)
                .build();
    }

    private Behavior<Command> onOnline(Online message) {
        CgroupPath path = message.path();
        CgroupHandle present = cgroups.get(path);
        if (!engine.settings().cgroups().enabled()) {
            return reject(
                    message.replyTo(),
                    Reason.CGROUPS_DISABLED,
                    path,
                    "comes online only where cgroups are enabled [reclaimer.cgroups-enabled]");
        }
        if (present != null) {
            if (!present.isOnline()) {
                return reject(
                        message.replyTo(),
                        Reason.GOING_OFFLINE,
                        path,
                        "is on its way offline; ask again when that is answered");
            }
            message.replyTo().success(present);
            return this;
        }
        CgroupPath parentPath = path.parent().orElseThrow();
        CgroupHandle parent = cgroups.get(parentPath);
        if (parent == null || !parent.isOnline()) {
            return reject(
                    message.replyTo(),
                    Reason.PARENT_NOT_ONLINE,
                    path,
                    "can't come online: its parent [" + parentPath + "] is not online");
        }
        CgroupHandle cgroup = new CgroupHandle(path, parent, getContext().getSelf());
        parent.children++;
        cgroups.put(path, cgroup);
        // Before the reply, so before the new cgroup has objects.
        engine.unawaitedReparents().cameOnline(cgroup);
        message.replyTo().success(cgroup);
        return this;
    }

    private Behavior<Command> onFirstBit(FirstBit message) {
        CgroupHandle cgroup = message.cgroup();
        cgroup.takeFirstBit(message.node(), message.entry());
        // It may have gone offline since the bit was set. Its objects have moved to the parent then.
        CgroupHandle owner = cgroup.nearestOnline();
        if (!owner.isRoot()) {
            visitors.of(owner, message.node()).setBit(message.entry());
        }
        return this;
    }

    private Behavior<Command> onProtect(Protect message) {
        CgroupHandle cgroup = cgroups.get(message.path());
        if (cgroup == null || !cgroup.isOnline()) {
            return reject(message.replyTo(), Reason.NOT_ONLINE, message.path(), "is not online");
        }
        cgroup.protect(message.node(), message.level());
        message.replyTo().success(Done.getInstance());
        return this;
    }

    private Behavior<Command> onStartRound(StartRound message) {
        CgroupHandle top = cgroups.get(message.spec().scope().top());
        rounds.tell(
                top == null || !top.isOnline()
                        ? new Rounds.AnswerNotOnline(message.spec(), message.replyTo())
                        : new Rounds.Start(message.spec(), top, message.replyTo()));
        return this;
    }

    private Behavior<Command> onOffline(Offline message) {
        CgroupPath path = message.path();
        CgroupHandle cgroup = cgroups.get(path);
        if (path.isRoot()) {
            return reject(message.replyTo(), Reason.IS_ROOT, path, "is the root, which is always online");
        }
        if (cgroup == null) {
            return reject(message.replyTo(), Reason.NOT_ONLINE, path, "is not online");
        }
        OfflineTransition transition = goingOffline.get(cgroup);
        if (transition == null) {
            if (cgroup.children > 0) {
                return reject(
                        message.replyTo(),
                        Reason.HAS_CHILDREN,
                        path,
                        "can't go offline: it has [" + cgroup.children + "] children; only a leaf can");
            }
            transition = beginOffline(cgroup);
        }
        OfflineTimeout timeout = new OfflineTimeout(cgroup, transition.await(message.replyTo()));
        timers.startSingleTimer(timeout, timeout, engine.settings().cgroups().offlineTimeout());
        transition.goOn();
        return this;
    }

    private OfflineTransition beginOffline(CgroupHandle cgroup) {
        cgroup.goOffline();
        List<CgroupPerNode> nodes = new ArrayList<>();
        for (int node = 0; node < engine.settings().nodes(); node++) {
            nodes.add(visitors.of(cgroup, node));
        }
        OfflineTransition transition =
                new OfflineTransition(engine, cgroup, nodes, getContext().getSelf());
        goingOffline.put(cgroup, transition);
        return transition;
    }

    private Behavior<Command> onQuiesced(Quiesced message) {
        CgroupHandle cgroup = message.perNode().cgroup();
        OfflineTransition transition = goingOffline.get(cgroup);
        if (transition != null && transition.quiesced(message.perNode(), message.bits())) {
            transition.handOver();
            transition.nodes().forEach(visitors::remove);
            goingOffline.remove(cgroup);
            cgroups.remove(cgroup.path());
            CgroupHandle parent = cgroup.parent();
            if (parent != null) {
                parent.children--;
            }
            transition.tellDone();
        }
        return this;
    }

    private Behavior<Command> onOfflineTimeout(OfflineTimeout message) {
        OfflineTransition transition = goingOffline.get(message.cgroup());
        if (transition != null) {
            transition.tellLate(message.number());
        }
        return this;
    }

    /**
     * Replaces a stuck visitor. Not in a cgroup that goes offline: its transition waits for the call, because nobody
     * else may visit the cgroup.
     */
    private Behavior<Command> onVisitorStuck(VisitorStuck message) {
        Visitor stuck = message.visitor();
        CgroupPerNode perNode = stuck.perNode;
        if (visitors.contains(perNode)
                && perNode.visitor() == stuck
                && perNode.cgroup().isOnline()
                && message.thread().number() == message.callNumber()) {
            perNode.retiredVisitors++;
            visitors.replace(perNode);
            stuck.tell(CgroupNode.Retire.INSTANCE);
        }
        return this;
    }

    private Behavior<Command> onVisitorStopped(VisitorStopped message) {
        Visitor stopped = message.visitor();
        CgroupPerNode perNode = stopped.perNode;
        if (!visitors.contains(perNode)) {
            return this;
        }
        OfflineTransition transition = goingOffline.get(perNode.cgroup());
        if (perNode.visitor() != stopped) {
            perNode.retiredVisitors--;
            if (transition != null) {
                transition.goOn();
            }
            return this;
        }
        getContext().getLog().error("The visitor of [{}] stopped by itself; a new one is started", perNode);
        visitors.replace(perNode);
        if (transition != null) {
            transition.visitorIsNew(perNode);
        }
        return this;
    }

    private Behavior<Command> onCheckForIdle(CheckForIdle message) {
        if (visitors.passivateIdle()) {
            getContext().getSelf().tell(CheckForIdle.INSTANCE);
        }
        return this;
    }

    private Behavior<Command> onInspect(Inspect message) {
        message.replyTo().success(Inspection.of(engine, cgroups.values(), goingOffline.values()));
        return this;
    }

    private <T> Behavior<Command> reject(Reply<T> replyTo, Reason reason, CgroupPath path, String why) {
        replyTo.failure(new ReclaimerException(reason, "Cgroup [" + path + "] " + why));
        return this;
    }
}
