package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Scheduler;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.engine.call.EngineSettings;
import io.reclaimer.engine.call.Refaults;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.ShrinkerTarget;
import io.reclaimer.engine.call.VisitDispatcher;
import io.reclaimer.engine.unit.ReclaimTarget;
import io.reclaimer.interleavings.Op;
import io.reclaimer.interleavings.Scenario;
import io.reclaimer.interleavings.Schedule;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import scala.concurrent.ExecutionContext;

/** One engine, its users, and what they know of it. Confined to one thread at a time. */
final class ScenarioWorld {

    /**
     * The timeout of going offline, and the time until a visit is late. It is some timers long, so it passes now and
     * then.
     */
    private static final Duration TIMEOUT = Duration.ofMillis(12);

    /** The time until passivation. Idle cgroups are looked for four times in it. */
    private static final Duration IDLE_AFTER = Duration.ofMillis(12);

    /** Long, so that no call is overdue however time passes. */
    private static final Duration CALL_DEADLINE = Duration.ofMinutes(30);

    private static final int MOST_ROUNDS = 4;

    /** How long a slow call takes. After the second one a time slice is over. */
    private static final Duration SLOW = Duration.ofNanos(1_100_000);

    /** The receiver of a result that is to come once. */
    final class Once<T> implements Reply<T> {
        private final String to;
        private final Consumer<T> then;
        private Runnable next = () -> {};
        private int answers;

        Once(String to, Consumer<T> then) {
            this.to = to;
            this.then = then;
            replies.add(this);
        }

        @Override
        public void accept(T value, ReclaimerException why) {
            answers++;
            expect(answers == 1, "[" + to + "] is answered " + answers + " times");
            if (value != null) {
                then.accept(value);
            }
            next.run();
        }

        /** Runs an action when the result has come. */
        void thenDo(Runnable what) {
            if (isAnswered()) {
                what.run();
            } else {
                next = what;
            }
        }

        boolean isAnswered() {
            return answers > 0;
        }

        @Override
        public String toString() {
            return to;
        }
    }

    final List<Once<?>> replies = new ArrayList<>();
    final List<PlayedCache> caches = new ArrayList<>();

    /** All cgroups that ever were online. */
    final List<CgroupHandle> cgroups = new ArrayList<>();

    final EngineContext engine;
    long freedByRounds;
    boolean allRoundsWereDone = true;

    private final Scenario scenario;
    private final Schedule schedule;
    private final DeferredBook book;
    private final PlayedCache[] current;
    private final CgroupHandle[] handles = new CgroupHandle[Scenario.CGROUPS.size()];
    private final Map<CgroupPath, CgroupHandle> byPath = new HashMap<>();
    /** Tasks that run when the users are done. */
    private final List<Runnable> whenCalm = new ArrayList<>();

    private Scheduler timers;
    private ExecutionContext executor;
    private boolean calm = true;
    private final Map<Integer, Cancellation> cancellations = new HashMap<>();
    private ActorRef<Rounds.Command> rounds;
    private ActorRef<CgroupTree.Command> tree;
    private ActorRef<ShrinkerRegistry.Command> registry;

    ScenarioWorld(Scenario scenario, Schedule schedule, DeferredBook book) {
        this.book = book;
        this.scenario = scenario;
        this.schedule = schedule;
        this.current = new PlayedCache[scenario.kinds().size()];
        EngineSettings settings = new EngineSettings(
                scenario.nodes(),
                new EngineSettings.Cgroups(true, true, 65536, TIMEOUT, IDLE_AFTER),
                new EngineSettings.Rounds(MOST_ROUNDS, 8, Duration.ofSeconds(10), true),
                new EngineSettings.Calls(TIMEOUT, CALL_DEADLINE, 1, 1),
                // Nobody is put in quarantine, so that everybody is asked in the end.
                new EngineSettings.Quarantine(Integer.MAX_VALUE, Duration.ofSeconds(10)),
                new Refaults.Settings(false, 8, Duration.ofMinutes(1)));
        this.engine = new EngineContext(settings, this::nanoTime, schedule::execute);
        engine.setVisits(new VisitDispatcher(schedule::execute, 2));
    }

    private long nanoTime() {
        if (scenario.slowClock()) {
            schedule.pass(SLOW);
        }
        return schedule.nanoTime();
    }

    /** The engine's actors are this one's children. */
    Behavior<Void> engine() {
        return Behaviors.setup(context -> {
            timers = context.getSystem().scheduler();
            executor = context.getExecutionContext();
            rounds = context.spawn(Rounds.create(engine), "rounds");
            tree = context.spawn(CgroupTree.create(engine, rounds), "tree");
            registry = context.spawn(ShrinkerRegistry.create(engine), "registry");
            online(0);
            return Behaviors.empty();
        });
    }

    /** Allocates shrinkers that take so many ids. */
    void fill(int ids) {
        for (int i = 0; i < ids; i++) {
            ShrinkerSpec spec = ShrinkerSpec.named("filler").byCgroup();
            registry.tell(new ShrinkerRegistry.Allocate(
                    spec,
                    ShrinkerTarget.of(
                            spec, new PlayedCache(this, scenario.kinds().get(0), "filler")),
                    Reply.none()));
        }
    }

    void expect(boolean is, String otherwise) {
        if (!is) {
            schedule.fail(otherwise);
        }
    }

    CgroupHandle root() {
        return handles[0];
    }

    /** The last cgroup of that path. */
    CgroupHandle handle(CgroupPath path) {
        return byPath.get(path);
    }

    /** Whether a visit is known to be under way there. */
    boolean isVisiting(String shrinker, CgroupPath cgroup, int node) {
        return book.isUnderWay(shrinker, cgroup, node);
    }

    /** Whether another one with that id is being called. */
    boolean isUsedByAnother(ShrinkerEntry entry) {
        return caches.stream()
                .anyMatch(cache -> cache.isInside()
                        && cache.entry() != entry
                        && cache.entry().id() == entry.id());
    }

    int nodes() {
        return scenario.nodes();
    }

    /**
     * Performs an operation.
     *
     * @param next runs when the operation is answered, or at once where there is nothing to await
     */
    void perform(Op op, Runnable next) {
        int asked = replies.size();
        perform(op);
        if (replies.size() > asked) {
            replies.get(asked).thenDo(next);
        } else {
            next.run();
        }
    }

    void perform(Op op) {
        if (op instanceof Op.Online online) {
            online(online.cgroup());
        } else if (op instanceof Op.Offline offline) {
            tree.tell(new CgroupTree.Offline(path(offline.cgroup()), new Once<Done>(op.toString(), done -> {})));
        } else if (op instanceof Op.Allocate allocate) {
            allocate(allocate.shrinker());
        } else if (op instanceof Op.Register register) {
            register(register);
        } else if (op instanceof Op.Free free) {
            free(current[free.shrinker()]);
        } else if (op instanceof Op.Put put) {
            put(put);
        } else if (op instanceof Op.Round round) {
            round(round);
        } else if (op instanceof Op.Cancel cancel) {
            cancellations.getOrDefault(cancel.round(), new Cancellation()).cancel();
        } else if (op instanceof Op.Wait) {
            schedule.runNextTimer();
        }
    }

    /** Runs a task on its own. */
    void later(Runnable task) {
        schedule.execute(task);
    }

    /** Runs a task on its own when so much time has passed. */
    void after(Duration time, Runnable task) {
        timers.scheduleOnce(time, () -> schedule.execute(task), executor);
    }

    /** Runs a task on its own when no trouble is made any more. */
    void whenCalm(Runnable task) {
        whenCalm.add(task);
    }

    /** Whether no trouble is made any more. */
    boolean isCalm() {
        return calm;
    }

    /** Lets calls make the trouble of their shrinkers from now on. */
    void makeTrouble() {
        calm = false;
    }

    /** Frees caches that are inside a call, in half of the scenarios. */
    void freeSomeThatAreStuck() {
        if (scenario.patient()) {
            caches.stream().filter(PlayedCache::isInside).forEach(this::free);
            schedule.run();
        }
    }

    /** Ends all trouble: calls under way come back. */
    void calmDown() {
        calm = true;
        schedule.wakeAll();
        whenCalm.forEach(schedule::execute);
        whenCalm.clear();
    }

    /** Says that a reply may have come too late, so rounds may have freed more than they report. */
    void mayMiss() {
        allRoundsWereDone = false;
    }

    /** Whether all requests are answered, and no call is under way. */
    boolean isSettled() {
        return !schedule.hasSleepers()
                && replies.stream().allMatch(Once::isAnswered)
                && engine.pendingCalls().isEmpty()
                && engine.table().allocated().stream().noneMatch(ShrinkerEntry::isStuck);
    }

    /** Requests for rounds that are not answered. */
    List<Once<?>> openRounds() {
        return replies.stream()
                .filter(reply -> !reply.isAnswered() && reply.to.startsWith("Round["))
                .toList();
    }

    private static CgroupPath path(int cgroup) {
        return CgroupPath.of(Scenario.CGROUPS.get(cgroup));
    }

    private void online(int cgroup) {
        CgroupPath path = path(cgroup);
        tree.tell(new CgroupTree.Online(path, new Once<>("Online[" + path + "]", handle -> {
            if (!cgroups.contains(handle)) {
                cgroups.add(handle);
            }
            handles[cgroup] = handle;
            byPath.put(path, handle);
        })));
    }

    private void allocate(int shrinker) {
        PlayedCache before = current[shrinker];
        if (before != null && !before.freeing) {
            return;
        }
        PlayedCache cache = new PlayedCache(this, scenario.kinds().get(shrinker), "s" + shrinker + "." + caches.size());
        caches.add(cache);
        current[shrinker] = cache;
        ShrinkerSpec spec = cache.spec();
        registry.tell(new ShrinkerRegistry.Allocate(
                spec, cache.target(), new Once<>("Allocate[" + cache.name() + "]", cache::allocated)));
    }

    private void register(Op.Register op) {
        PlayedCache cache = current[op.shrinker()];
        if (cache != null && cache.isLive()) {
            cache.askedToRegister = true;
            registry.tell(new ShrinkerRegistry.Register(cache.entry(), new Once<>(op.toString(), done -> {
                cache.registered = true;
                schedule.execute(cache::moveAllUp);
            })));
        }
    }

    void free(PlayedCache cache) {
        if (cache != null && cache.isLive()) {
            cache.freeing = true;
            cache.entry().free(new Once<>("Free[" + cache.name() + "]", done -> cache.freed = true));
        }
    }

    private void put(Op.Put op) {
        PlayedCache cache = current[op.shrinker()];
        CgroupHandle cgroup = handles[op.cgroup()];
        if (cache != null && cache.isLive() && cgroup != null) {
            cache.put(cgroup, op.node(), op.objects());
        }
    }

    private void round(Op.Round op) {
        Cancellation cancellation = new Cancellation();
        cancellations.put(op.number(), cancellation);
        round(
                op.toString(),
                path(op.top()),
                op.node() < 0 ? IntStream.range(0, nodes()).boxed().toList() : List.of(op.node()),
                op.target(),
                op.firstPriority(),
                Duration.ofMillis(op.withinMillis()),
                Optional.of(cancellation));
    }

    /** Starts a round on all cgroups that asks for everything. */
    void roundOnAll() {
        List<Integer> nodes = IntStream.range(0, nodes()).boxed().toList();
        round("Round[on all]", CgroupPath.root(), nodes, 0, 0, Duration.ofHours(1), Optional.empty());
    }

    /** Starts a round on all cgroups, at the last five priorities, for more than there is. */
    void roundForMuch() {
        List<Integer> nodes = IntStream.range(0, nodes()).boxed().toList();
        round("Round[for much]", CgroupPath.root(), nodes, Integer.MAX_VALUE, 4, Duration.ofHours(1), Optional.empty());
    }

    private void round(
            String what,
            CgroupPath top,
            List<Integer> nodes,
            int target,
            int priority,
            Duration within,
            Optional<Cancellation> cancellation) {
        RoundSpec spec = new RoundSpec(
                new RoundSpec.Scope(top, false, nodes),
                new RoundSpec.Goal(
                        RoundSpec.Kind.RECLAIM,
                        target == 0 ? Optional.empty() : Optional.of(ReclaimTarget.objects(target)),
                        priority,
                        0),
                within,
                Set.of(),
                cancellation);
        tree.tell(new CgroupTree.StartRound(spec, new Once<>(what, result -> ended(what, target, result))));
    }

    private void ended(String what, int target, RoundResult result) {
        freedByRounds += result.sums().freedObjects();
        switch (result.outcome()) {
            case DONE, TARGET_MISSED, NOT_ONLINE -> {}
            case TARGET_REACHED -> allRoundsWereDone &= !result.shortfalls().containsKey(Shortfall.LATE);
            default -> allRoundsWereDone = false;
        }
        // Each thread may have been inside one scan call when the target was met.
        long most = target + ((long) schedule.peak() + callsAnsweredLater()) * largestBatch();
        expect(
                target == 0 || result.sums().freedObjects() < most,
                what + " freed " + result.sums().freedObjects()
                        + ", which is more than a batch a thread beyond its target");
    }

    /** How many calls may be under way that no visiting thread waits for. */
    private long callsAnsweredLater() {
        return caches.stream()
                        .anyMatch(cache -> cache.kind().manner() != Scenario.Manner.PLAIN
                                || cache.kind().trouble().takesTime())
                ? (long) caches.size() * cgroups.size() * nodes()
                : 0;
    }

    private long largestBatch() {
        return caches.stream().mapToLong(cache -> cache.spec().batch()).max().orElse(0);
    }

    /** The name of the actor at this path. */
    String nameOf(String path) {
        for (CgroupHandle cgroup : cgroups) {
            for (int node = 0; node < nodes(); node++) {
                CgroupPerNode perNode = cgroup.onNode(node);
                if (perNode != null
                        && path.equals(perNode.visitor().ref().path().toStringWithoutAddress())) {
                    return "visitor of " + perNode;
                }
            }
        }
        String engine = rounds == null ? "" : rounds.path().parent().toStringWithoutAddress() + "/";
        String own = path.startsWith(engine) ? path.substring(engine.length()) : path;
        return own.replaceFirst("^registry/", "guard ")
                .replaceFirst("^rounds/", "round ")
                .replaceFirst("^tree/", "visitor ");
    }
}
