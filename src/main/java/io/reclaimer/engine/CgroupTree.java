package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Knows which cgroups are online, and which pairs exist; the only one that changes either. One an engine.
 *
 * <p>A cgroup comes online as data. Its pair on a node is made when its first bit is set there, together with the pairs
 * above it on that node, and its own on node 0, which keeps the deferred counts of shrinkers that are not NUMA aware.
 *
 * <p>It never waits for a visitor but to take its own cgroup offline. Where a visitor is stuck in a call, its pair gets a new one
 * ({@link #onVisitorStuck}).
 *
 * <p>Going offline is {@link Departure}'s matter, and the end of idle pairs {@link Passivation}'s.
 */
public final class CgroupTree extends AbstractBehavior<CgroupTree.Command> {

    public sealed interface Command {}

    /** Brings a cgroup up; answered with the one that is there where it is online already. */
    public record Online(CgroupPath path, Reply<CgroupHandle> replyTo) implements Command {}

    /**
     * Takes a leaf down. Answered when its objects and counts are the parent's; where it is on its way offline already, when that
     * is over.
     */
    public record Offline(CgroupPath path, Reply<Done> replyTo) implements Command {}

    /** Finds the top of a round, and starts it. */
    public record StartRound(RoundSpec spec, Reply<RoundResult> replyTo) implements Command {}

    /** What there is, for people and tests. */
    public record Inspect(Reply<Inspection.Inspected> replyTo) implements Command {}

    /** A bit for a pair that does not exist yet. */
    record FirstBit(CgroupHandle cgroup, int node, ShrinkerEntry entry) implements Command {}

    /** From a visitor: it ended its visits and moved the objects of its pair; these bits are the parent's to set. */
    record PairQuiesced(Pair pair, List<ShrinkerEntry> bits) implements Command {}

    /** From the watch: a call holds the thread of a visitor, if that is still in the call of that number. */
    record VisitorStuck(Visitor visitor, CallMark mark, long callNumber) implements Command {}

    private record VisitorStopped(Visitor visitor) implements Command {}

    /** To itself: it is time to look for pairs that are idle. */
    enum LookForIdle implements Command {
        INSTANCE
    }

    private record DepartureLate(CgroupHandle cgroup, int number) implements Command {}

    private final Published published;
    private final ActorRef<Rounds.Command> rounds;
    private final TimerScheduler<Command> timers;
    private final CgroupHandle root;

    /** In the order they came online; those that are on their way out too. */
    private final Map<CgroupPath, CgroupHandle> cgroups = new LinkedHashMap<>();

    private final Set<Pair> pairs = new LinkedHashSet<>();
    private final Map<CgroupHandle, Departure> departures = new HashMap<>();
    private final Passivation passivation;

    public static Behavior<Command> create(Published published, ActorRef<Rounds.Command> rounds) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new CgroupTree(context, timers, published, rounds)));
    }

    private CgroupTree(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Published published,
            ActorRef<Rounds.Command> rounds) {
        super(context);
        this.published = published;
        this.rounds = rounds;
        this.timers = timers;
        this.root = new CgroupHandle(CgroupPath.root(), null, context.getSelf());
        this.passivation = new Passivation(published, timers, this::remove);
        published.treeIs(context.getSelf());
        cgroups.put(root.path(), root);
        for (int node = 0; node < published.settings().nodes(); node++) {
            pairOf(root, node);
        }
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(FirstBit.class, this::onFirstBit)
                .onMessage(StartRound.class, this::onStartRound)
                .onMessage(Online.class, this::onOnline)
                .onMessage(Offline.class, this::onOffline)
                .onMessage(PairQuiesced.class, this::onPairQuiesced)
                .onMessage(DepartureLate.class, this::onDepartureLate)
                .onMessage(VisitorStuck.class, this::onVisitorStuck)
                .onMessage(VisitorStopped.class, this::onVisitorStopped)
                .onMessage(Inspect.class, this::onInspect)
                .onMessage(LookForIdle.class, this::onLookForIdle)
                .build();
    }

    private Behavior<Command> onOnline(Online message) {
        CgroupPath path = message.path();
        CgroupHandle there = cgroups.get(path);
        if (!published.settings().cgroupsEnabled()) {
            return reject(
                    message.replyTo(),
                    Reason.CGROUPS_DISABLED,
                    path,
                    "comes online only where cgroups are enabled [reclaimer.cgroups-enabled]");
        }
        if (there != null) {
            if (!there.isOnline()) {
                return reject(
                        message.replyTo(),
                        Reason.GOING_OFFLINE,
                        path,
                        "is on its way offline; ask again when that is answered");
            }
            message.replyTo().success(there);
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
        message.replyTo().success(cgroup);
        return this;
    }

    private Behavior<Command> onFirstBit(FirstBit message) {
        CgroupHandle cgroup = message.cgroup();
        cgroup.takeFirstBit(message.node(), message.entry());
        // It may have gone offline since the bit was set: what is under it is the parent's.
        CgroupHandle owner = cgroup.nearestOnline();
        if (!owner.isRoot()) {
            pairOf(owner, message.node()).set(message.entry());
        }
        return this;
    }

    private Behavior<Command> onStartRound(StartRound message) {
        CgroupHandle top = cgroups.get(message.spec().top());
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
        Departure departure = departures.get(cgroup);
        if (departure == null) {
            if (cgroup.children > 0) {
                return reject(
                        message.replyTo(),
                        Reason.HAS_CHILDREN,
                        path,
                        "can't go offline: it has [" + cgroup.children + "] children; only a leaf can");
            }
            departure = depart(cgroup);
        }
        DepartureLate late = new DepartureLate(cgroup, departure.await(message.replyTo()));
        timers.startSingleTimer(late, late, published.settings().offlineTimeout());
        departure.goOn();
        return this;
    }

    private Departure depart(CgroupHandle cgroup) {
        cgroup.goOffline();
        List<Pair> leaving = new ArrayList<>();
        for (int node = 0; node < published.settings().nodes(); node++) {
            leaving.add(pairOf(cgroup, node));
        }
        Departure departure =
                new Departure(published, cgroup, leaving, getContext().getSelf());
        departures.put(cgroup, departure);
        return departure;
    }

    private Behavior<Command> onPairQuiesced(PairQuiesced message) {
        CgroupHandle cgroup = message.pair().cgroup();
        Departure departure = departures.get(cgroup);
        if (departure != null && departure.quiesced(message.pair(), message.bits())) {
            departure.handOver();
            departure.pairs().forEach(this::remove);
            departures.remove(cgroup);
            cgroups.remove(cgroup.path());
            CgroupHandle parent = cgroup.parent();
            if (parent != null) {
                parent.children--;
            }
            departure.answerDone();
        }
        return this;
    }

    private Behavior<Command> onDepartureLate(DepartureLate message) {
        Departure departure = departures.get(message.cgroup());
        if (departure != null) {
            departure.answerLate(message.number());
        }
        return this;
    }

    /** The pair gets a new visitor. Where it is on its way offline nobody else may visit it, so that waits for the call. */
    private Behavior<Command> onVisitorStuck(VisitorStuck message) {
        Visitor stuck = message.visitor();
        Pair pair = stuck.pair;
        if (pairs.contains(pair)
                && pair.visitor() == stuck
                && pair.cgroup().isOnline()
                && message.mark().number() == message.callNumber()) {
            pair.retiredVisitors++;
            visit(pair);
            pair.visitor().tell(CgroupNode.TakeOver.INSTANCE);
            stuck.tell(CgroupNode.Retire.INSTANCE);
        }
        return this;
    }

    private Behavior<Command> onVisitorStopped(VisitorStopped message) {
        Visitor stopped = message.visitor();
        Pair pair = stopped.pair;
        if (!pairs.contains(pair)) {
            return this;
        }
        if (pair.visitor() != stopped) {
            pair.retiredVisitors--;
            Departure departure = departures.get(pair.cgroup());
            if (departure != null) {
                departure.goOn();
            }
            return this;
        }
        getContext().getLog().error("The visitor of [{}] stopped by itself; the pair gets a new one", pair);
        visit(pair);
        pair.visitor().tell(CgroupNode.TakeOver.INSTANCE);
        Departure departure = departures.get(pair.cgroup());
        if (departure != null) {
            departure.visitorIsNew(pair);
        }
        return this;
    }

    private Behavior<Command> onLookForIdle(LookForIdle message) {
        if (passivation.look(pairs)) {
            getContext().getSelf().tell(LookForIdle.INSTANCE);
        }
        return this;
    }

    private Behavior<Command> onInspect(Inspect message) {
        message.replyTo().success(Inspection.of(published, cgroups.values(), departures.values()));
        return this;
    }

    /** The pair, made if need be. */
    private Pair pairOf(CgroupHandle cgroup, int node) {
        Pair there = cgroup.pair(node);
        if (there != null) {
            return there;
        }
        CgroupHandle parent = cgroup.parent();
        Pair above = parent == null ? null : pairOf(parent, node);
        if (node > 0) {
            pairOf(cgroup, 0);
        }
        Pair pair = new Pair(cgroup, node, above, published.nanoTime().getAsLong());
        if (above != null) {
            above.pairsBelow++;
            cgroup.takeOwed(node).forEach(pair.units()::addDeferred);
            passivation.pairMade();
        }
        visit(pair);
        cgroup.addPair(pair);
        pairs.add(pair);
        return pair;
    }

    private void visit(Pair pair) {
        Visitor visitor = new Visitor(pair);
        visitor.is(getContext()
                .spawnAnonymous(
                        CgroupNode.create(published, visitor),
                        DispatcherSelector.fromConfig("reclaimer.visit-dispatcher")));
        getContext().watchWith(visitor.ref(), new VisitorStopped(visitor));
        pair.visitedBy(visitor);
    }

    /** The pair is no more. What it had is somebody else's, or kept with its cgroup. */
    private void remove(Pair pair) {
        pairs.remove(pair);
        pair.forget();
        Pair above = pair.parent();
        if (above != null) {
            above.pairsBelow--;
        }
        pair.visitor().tell(CgroupNode.Retire.INSTANCE);
    }

    private <T> Behavior<Command> reject(Reply<T> replyTo, Reason reason, CgroupPath path, String why) {
        replyTo.failure(new ReclaimerException(reason, "Cgroup [" + path + "] " + why));
        return this;
    }
}
