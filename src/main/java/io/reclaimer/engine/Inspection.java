package io.reclaimer.engine;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the state of all pairs, for people and tests, and answers once. Lives as long as that takes.
 *
 * <p>The deepest pairs are asked first and each level after the one below it has answered. So when it answers, every bit
 * that was set before it was asked for is in the answer, and its dirty marks have reached the top.
 */
public final class Inspection extends AbstractBehavior<Inspection.Command> {

    public sealed interface Command {}

    /** Where a pair is, or could be. */
    public record Place(CgroupHandle cgroup, int node) {
        static Place of(Pair pair) {
            return new Place(pair.cgroup(), pair.node());
        }
    }

    /**
     * What one pair has.
     *
     * @param bits ids in rising order
     * @param deferred objects by id, where not 0
     */
    public record PairState(Place place, int nrMax, List<Integer> bits, Map<Integer, Long> deferred)
            implements Command {

        /** Of shrinkers that are not gone: what a previous owner of an id left is nobody's. */
        static PairState of(Pair pair, ShrinkerTable table) {
            UnitMap units = pair.units();
            List<Integer> bits = new ArrayList<>();
            Map<Integer, Long> deferred = new TreeMap<>();
            for (ShrinkerEntry entry : table.allocated()) {
                if (!entry.isCgroupAware()) {
                    continue;
                }
                if (units.isSet(entry)) {
                    bits.add(entry.id());
                }
                long objects = units.addDeferred(entry, 0);
                if (objects > 0) {
                    deferred.put(entry.id(), objects);
                }
            }
            bits.sort(null);
            return new PairState(Place.of(pair), units.nrMax(), bits, deferred);
        }

        /** Of a pair that rests, or never was. */
        static PairState resting(Place place, int nrMax, ShrinkerTable table) {
            Map<Integer, Long> deferred = new TreeMap<>();
            for (UnitMap.Owed owed : place.cgroup().owed(place.node())) {
                if (table.bySerial(owed.serial()) != null) {
                    deferred.put(owed.id(), owed.objects());
                }
            }
            return new PairState(place, nrMax, List.of(), deferred);
        }
    }

    private enum Late implements Command {
        INSTANCE
    }

    /**
     * The answer.
     *
     * @param cgroups all that are online, the root first, then in the order they came online
     * @param states what is known of each cgroup and node; but for pairs that did not answer in time, because a visit
     *     holds them up
     * @param nrMax how many ids a map holds that has no pair yet
     */
    public record Inspected(List<CgroupHandle> cgroups, Map<Place, PairState> states, int nrMax) {}

    /** How long a pair may take; then the answer goes out without it. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private final List<CgroupHandle> cgroups;
    private final int nrMax;
    private final Reply<Inspected> replyTo;

    /** By depth, so the deepest is last. */
    private final TreeMap<Integer, List<Pair>> levels = new TreeMap<>();

    private final Map<Place, PairState> answers = new HashMap<>();
    private final Set<Place> waitingFor = new HashSet<>();
    private final TimerScheduler<Command> timers;

    /** Made by the tree's actor, which alone knows what pairs owe that rest. */
    static Behavior<Command> create(
            Published published, List<CgroupHandle> cgroups, List<Pair> pairs, int nrMax, Reply<Inspected> replyTo) {
        Map<Place, PairState> resting = new HashMap<>();
        for (CgroupHandle cgroup : cgroups) {
            for (int node = 0; node < published.settings().nodes(); node++) {
                if (cgroup.pair(node) == null) {
                    Place place = new Place(cgroup, node);
                    resting.put(place, PairState.resting(place, nrMax, published.table()));
                }
            }
        }
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new Inspection(context, timers, cgroups, pairs, resting, nrMax, replyTo).askNextLevel()));
    }

    private Inspection(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            List<CgroupHandle> cgroups,
            List<Pair> pairs,
            Map<Place, PairState> resting,
            int nrMax,
            Reply<Inspected> replyTo) {
        super(context);
        answers.putAll(resting);
        this.timers = timers;
        this.cgroups = cgroups;
        this.nrMax = nrMax;
        this.replyTo = replyTo;
        for (Pair pair : pairs) {
            levels.computeIfAbsent(depthOf(pair), depth -> new ArrayList<>()).add(pair);
        }
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(PairState.class, this::onPairState)
                .onMessage(Late.class, late -> onLate())
                .build();
    }

    private Behavior<Command> onPairState(PairState state) {
        answers.put(state.place(), state);
        waitingFor.remove(state.place());
        return waitingFor.isEmpty() ? askNextLevel() : this;
    }

    private Behavior<Command> onLate() {
        waitingFor.clear();
        return askNextLevel();
    }

    private Behavior<Command> askNextLevel() {
        Map.Entry<Integer, List<Pair>> level = levels.pollLastEntry();
        if (level == null) {
            replyTo.success(new Inspected(cgroups, answers, nrMax));
            return Behaviors.stopped();
        }
        timers.startSingleTimer(Late.INSTANCE, Late.INSTANCE, PATIENCE);
        for (Pair pair : level.getValue()) {
            waitingFor.add(Place.of(pair));
            pair.ref().tell(new CgroupNode.Inspect(getContext().getSelf()));
        }
        return this;
    }

    private static int depthOf(Pair pair) {
        Pair parent = pair.parent();
        return parent == null ? 0 : 1 + depthOf(parent);
    }
}
