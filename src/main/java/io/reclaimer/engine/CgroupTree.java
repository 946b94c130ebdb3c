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
import org.jspecify.annotations.Nullable;

/**
 * Which cgroups are online, and which pairs exist; the only one that changes either. One a system.
 *
 * <p>A cgroup comes online as data. Its pair on a node is made when its first bit is set there, together with the pairs
 * above it on that node, and its own on node 0, which keeps the deferred counts of shrinkers that are not NUMA aware.
 *
 * <p>Growth: every pair that exists is told, and acknowledges; a pair made meanwhile starts with the new size. It ends
 * when all have, or fails when the time is over; what did grow does no harm.
 *
 * <p>Going offline is {@link Departure}'s matter, and the end of idle pairs {@link Resting}'s.
 */
public final class CgroupTree extends AbstractBehavior<CgroupTree.Command> {

    public sealed interface Command {}

    /** Brings a cgroup up; answered with the one that is there where it is online already. */
    public record Online(CgroupPath path, Reply<CgroupHandle> replyTo) implements Command {}

    /** Takes a leaf down. Answered when its objects and counts are the parent's. */
    public record Offline(CgroupPath path, Reply<Done> replyTo) implements Command {}

    /** Finds the top of a round, and starts it. */
    public record StartRound(RoundSpec spec, Reply<RoundResult> replyTo) implements Command {}

    /** What there is, for people and tests. */
    public record Inspect(Reply<Inspection.Inspected> replyTo) implements Command {}

    /** A bit for a pair that does not exist yet. */
    record FirstBit(CgroupHandle cgroup, int node, ShrinkerEntry entry) implements Command {}

    /** From the registry. */
    record Grow(int nrMax, ActorRef<ShrinkerRegistry.Command> replyTo) implements Command {}

    /** From a pair: its map holds that many ids. */
    record PairGrown(Pair pair, int nrMax) implements Command {}

    /** From a pair: it ended its passes and moved its objects; these bits are the parent's to set. */
    record PairQuiesced(Pair pair, List<ShrinkerEntry> bits) implements Command {}

    /** From a pair that was to rest: it has something to do. */
    record PairStays(Pair pair) implements Command {}

    /** From a pair that was to rest: it does, and owes this. */
    record PairRests(Pair pair, List<UnitMap.Owed> owed) implements Command {}

    private record PairStopped(Pair pair) implements Command {}

    /** To itself: a pair that is to rest keeps somebody waiting who wants to see all of them. */
    private enum InspectLate implements Command {
        INSTANCE
    }

    /** From one who asks all pairs. */
    record InspectionEnded() implements Command {}

    /** To itself: it is time to look for pairs that are idle. */
    enum LookForIdle implements Command {
        FIRST,
        MORE
    }

    private record GrowthLate(int nrMax) implements Command {}

    private record DepartureLate(CgroupHandle cgroup) implements Command {}

    private final Published published;
    private final ActorRef<Rounds.Command> rounds;
    private final TimerScheduler<Command> timers;
    private final CgroupHandle root;

    /** In the order they came online; those that are on their way out too. */
    private final Map<CgroupPath, CgroupHandle> cgroups = new LinkedHashMap<>();

    private final Set<Pair> pairs = new LinkedHashSet<>();
    private final Map<CgroupHandle, Departure> departures = new HashMap<>();
    private final Resting resting;
    private final Inspections inspections;
    private int nrMax;
    private @Nullable Growth growth;

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
        this.resting = new Resting(published, context.getSelf(), timers);
        this.inspections = new Inspections(context, published);
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
                .onMessage(PairStopped.class, this::onPairStopped)
                .onMessage(DepartureLate.class, this::onDepartureLate)
                .onMessage(Grow.class, this::onGrow)
                .onMessage(PairGrown.class, this::onPairGrown)
                .onMessage(GrowthLate.class, this::onGrowthLate)
                .onMessage(Inspect.class, this::onInspect)
                .onMessage(InspectLate.class, this::onInspectLate)
                .onMessage(InspectionEnded.class, this::onInspectionEnded)
                .onMessage(LookForIdle.class, this::onLookForIdle)
                .onMessage(PairStays.class, this::onPairStays)
                .onMessage(PairRests.class, this::onPairRests)
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
        resting.whenAwake(message.cgroup(), () -> setFirstBit(message));
        return this;
    }

    private void setFirstBit(FirstBit message) {
        if (message.cgroup().isOnline()) {
            pairOf(message.cgroup(), message.node()).ref().tell(message.entry().setBit());
        }
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
        if (!cgroup.isOnline()) {
            return reject(message.replyTo(), Reason.GOING_OFFLINE, path, "is on its way offline already");
        }
        if (cgroup.children > 0) {
            return reject(
                    message.replyTo(),
                    Reason.HAS_CHILDREN,
                    path,
                    "can't go offline: it has [" + cgroup.children + "] children; only a leaf can");
        }
        cgroup.goOffline();
        Departure departure = new Departure(published, cgroup, message.replyTo());
        departures.put(cgroup, departure);
        timers.startSingleTimer(
                cgroup, new DepartureLate(cgroup), published.settings().offlineTimeout());
        resting.whenAwake(cgroup, () -> quiesce(departure));
        return this;
    }

    private void quiesce(Departure departure) {
        List<Pair> leaving = new ArrayList<>();
        for (int node = 0; node < published.settings().nodes(); node++) {
            leaving.add(pairOf(departure.cgroup(), node));
        }
        departure.begin(leaving);
        leaving.forEach(
                pair -> pair.ref().tell(new CgroupNode.Quiesce(getContext().getSelf())));
    }

    private Behavior<Command> onPairQuiesced(PairQuiesced message) {
        Departure departure = departures.get(message.pair().cgroup());
        if (departure != null) {
            departure.quiesced(message.pair(), message.bits());
        }
        return this;
    }

    private Behavior<Command> onPairStopped(PairStopped message) {
        Pair pair = message.pair();
        CgroupHandle cgroup = pair.cgroup();
        pairs.remove(pair);
        Pair above = pair.parent();
        if (above != null) {
            above.pairsBelow--;
        }
        if (!resting.ended(pair)) {
            departed(pair, departures.get(cgroup));
        }
        acknowledged(pair);
        inspectIfSettled();
        return this;
    }

    private void departed(Pair pair, @Nullable Departure departure) {
        CgroupHandle cgroup = pair.cgroup();
        if (departure == null) {
            getContext().getLog().error("The actor of [{}] stopped by itself; what it had is lost", pair);
        } else if (departure.stopped(pair)) {
            departures.remove(cgroup);
            timers.cancel(cgroup);
            cgroups.remove(cgroup.path());
            CgroupHandle parent = cgroup.parent();
            if (parent != null) {
                parent.children--;
            }
            departure.answerDone();
        }
    }

    private Behavior<Command> onDepartureLate(DepartureLate message) {
        Departure departure = departures.get(message.cgroup());
        if (departure != null) {
            departure.answerLate();
        }
        return this;
    }

    private Behavior<Command> onGrow(Grow message) {
        growth = new Growth(
                message.nrMax(), pairs, message.replyTo(), getContext().getSelf());
        timers.startSingleTimer(
                GrowthLate.class,
                new GrowthLate(message.nrMax()),
                published.settings().growthTimeout());
        return this;
    }

    private Behavior<Command> onPairGrown(PairGrown message) {
        if (growth != null && growth.nrMax() == message.nrMax()) {
            acknowledged(message.pair());
        }
        return this;
    }

    private void acknowledged(Pair pair) {
        if (growth != null && growth.acknowledged(pair)) {
            nrMax = growth.nrMax();
            timers.cancel(GrowthLate.class);
            growth = null;
        }
    }

    private Behavior<Command> onGrowthLate(GrowthLate message) {
        if (growth != null && growth.nrMax() == message.nrMax()) {
            growth.fail(nrMax, published);
            growth = null;
        }
        return this;
    }

    private Behavior<Command> onLookForIdle(LookForIdle message) {
        // Not while all pairs are being asked something.
        if (inspections.areUnderWay() || growth != null) {
            resting.lookLater();
        } else {
            resting.look(pairs);
        }
        return this;
    }

    private Behavior<Command> onPairStays(PairStays message) {
        resting.stays(message.pair());
        inspectIfSettled();
        return this;
    }

    private Behavior<Command> onPairRests(PairRests message) {
        // It is in nobody's way any more, and has nothing that is not kept with its cgroup now.
        pairs.remove(message.pair());
        resting.rests(message.pair(), message.owed());
        acknowledged(message.pair());
        inspectIfSettled();
        return this;
    }

    private Behavior<Command> onInspect(Inspect message) {
        if (!inspections.areWaiting()) {
            timers.startSingleTimer(InspectLate.INSTANCE, InspectLate.INSTANCE, Inspection.PATIENCE);
        }
        inspections.add(message);
        inspectIfSettled();
        return this;
    }

    private Behavior<Command> onInspectLate(InspectLate message) {
        inspections.begin(cgroups.values(), pairs, nrMax);
        return this;
    }

    private Behavior<Command> onInspectionEnded(InspectionEnded message) {
        inspections.ended();
        return this;
    }

    private void inspectIfSettled() {
        if (inspections.areWaiting() && !resting.isUnsettled()) {
            timers.cancel(InspectLate.INSTANCE);
            inspections.begin(cgroups.values(), pairs, nrMax);
        }
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
        // One made during a growth starts with the new size; it was not asked to grow.
        Pair pair = new Pair(cgroup, node, above, growth == null ? nrMax : growth.nrMax());
        if (above != null) {
            above.pairsBelow++;
            pair.idles(published.nanoTime().getAsLong());
            cgroup.takeOwed(node).forEach(pair.units()::addDeferred);
            resting.pairMade();
        }
        ActorRef<CgroupNode.Command> ref = getContext()
                .spawnAnonymous(
                        CgroupNode.create(published, pair),
                        DispatcherSelector.fromConfig("reclaimer.visit-dispatcher"));
        getContext().watchWith(ref, new PairStopped(pair));
        cgroup.addPair(pair.ownedBy(ref));
        pairs.add(pair);
        return pair;
    }

    private <T> Behavior<Command> reject(Reply<T> replyTo, Reason reason, CgroupPath path, String why) {
        replyTo.failure(new ReclaimerException(reason, "Cgroup [" + path + "] " + why));
        return this;
    }
}
