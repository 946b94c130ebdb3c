package io.reclaimer.testkit;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.Config;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.Assumptions;

/**
 * One clause of a contract against one new shrinker, in an actor system of its own. What the clauses have in common: putting
 * load into it, calling it, looking at it. One thread, apart from {@link #add}.
 */
final class ContractRun {

    /** For what has to come, however long the machine stands still. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Everything is asked for, everywhere. */
    static final ReclaimRequest FULL = ReclaimRequest.everywhere().startingAt(Shrinker.HIGHEST_PRIORITY);

    /** How much longer than its deadline a call may take until it counts as not answered: a machine stands still at times. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** A batch as large as this takes no longer to prepare than a test should. */
    private static final long LARGEST_LOAD_BATCH = 128;

    /** How many rounds in a row may free nothing while there is something: those that give a second chance need one. */
    private static final int MOST_IDLE_ROUNDS = 4;

    /** How old an estimate may be: a round that frees nothing may have gone by an old one. */
    private static final Duration ESTIMATE_AGE = Duration.ofSeconds(2);

    /**
     * Where objects are.
     *
     * @param cgroup the root for a shrinker that is not cgroup aware
     */
    record Place(Cgroup cgroup, int node) {
        @Override
        public String toString() {
            return "[" + cgroup.path() + "] on node [" + node + "]";
        }
    }

    /** The answer to a scan, and what it says it looked at. */
    record Scanned(long answer, long nrScanned) {
        boolean isStop() {
            return answer == Shrinker.STOP;
        }

        @Override
        public String toString() {
            return written(answer);
        }
    }

    private final Clause clause;
    private final Reclaimer reclaimer;
    private final ContractSubject subject;
    private final CallRecord record = new CallRecord();
    private final AsyncShrinker calls;
    private final Duration callPatience;
    private final ShrinkerHandle handle;
    private final List<Place> places = new ArrayList<>();

    private ContractRun(Clause clause, ActorTestKit kit, Function<Reclaimer, ContractSubject> create) {
        this.clause = clause;
        this.reclaimer = Reclaimer.get(kit.system());
        ShrinkerContract.CGROUPS.forEach(path -> await(reclaimer.onlineWithParents(path)));
        this.subject = create.apply(reclaimer);
        this.calls = subject.door().calls().apply(kit.system());
        this.callPatience = subject.spec()
                .callDeadline()
                .orElseGet(() -> kit.system().settings().config().getDuration("reclaimer.call-deadline"))
                .plus(GRACE);
        this.handle = await(subject.door().registration().apply(reclaimer, record));
        for (CgroupPath path : subject.cgroups()) {
            Cgroup cgroup = cgroup(path);
            subject.nodes(reclaimer.settings().nodes().size()).forEach(node -> places.add(new Place(cgroup, node)));
        }
    }

    /** Checks a clause; throws where it is broken, and aborts where it does not apply. */
    static void check(Clause clause, Config config, Function<Reclaimer, ContractSubject> create) {
        ActorTestKit kit = ActorTestKit.create("contract", config);
        try {
            check(clause, kit, create);
        } catch (RuntimeException | Error e) {
            shutDown(kit, e);
            throw e;
        }
        kit.shutdownTestKit();
    }

    private static void check(Clause clause, ActorTestKit kit, Function<Reclaimer, ContractSubject> create) {
        ContractRun run = new ContractRun(clause, kit, create);
        Optional<String> exemption = clause.exemption(run);
        exemption.ifPresent(reason -> Assumptions.abort(clause.number() + " (" + clause.title()
                + ") does not apply: shrinker [" + run.subject.spec().name() + "] " + reason + "."));
        clause.check(run);
    }

    /** A shrinker that hangs holds up the end as well, which is not to hide what it broke. */
    private static void shutDown(ActorTestKit kit, Throwable broken) {
        try {
            kit.shutdownTestKit();
        } catch (RuntimeException | Error e) {
            broken.addSuppressed(e);
        }
    }

    ContractSubject subject() {
        return subject;
    }

    Reclaimer reclaimer() {
        return reclaimer;
    }

    ShrinkerHandle handle() {
        return handle;
    }

    CallRecord record() {
        return record;
    }

    /** Where it may have objects: at least one. */
    List<Place> places() {
        return places;
    }

    Place place() {
        return places.get(0);
    }

    Cgroup cgroup(CgroupPath path) {
        return await(reclaimer.online(path));
    }

    /** A batch, as far as loads are made by it. */
    long batch() {
        return Math.min(subject.spec().batch(), LARGEST_LOAD_BATCH);
    }

    /** More than a scan call is asked for. */
    long manyObjects() {
        return 2 * batch() + 3;
    }

    /** Any thread. */
    void add(Place place, long objects) {
        for (long i = 0; i < objects; i++) {
            subject.adding().add(handle, place.cgroup(), place.node());
        }
    }

    long held(Place place) {
        return subject.holding().objects(place.cgroup(), place.node());
    }

    long held() {
        return Saturating.sum(places.stream().mapToLong(this::held));
    }

    long count(Place place) {
        return answer("count", place, calls.count(new Asked(place.cgroup().path(), place.node(), 0)));
    }

    Scanned scan(Place place, long nrToScan) {
        return scan(new Asked(place.cgroup().path(), place.node(), nrToScan), place);
    }

    /** @param untilCancelled how often it may ask whether the round is over until it is */
    Scanned scan(Place place, long nrToScan, int untilCancelled) {
        AtomicInteger left = new AtomicInteger(untilCancelled);
        return scan(
                new Asked(
                        place.cgroup().path(),
                        place.node(),
                        nrToScan,
                        () -> left.getAndUpdate(more -> Math.max(0, more - 1)) == 0),
                place);
    }

    private Scanned scan(Asked asked, Place place) {
        long answer = answer("scan", place, calls.scan(asked));
        return new Scanned(answer, asked.nrScanned());
    }

    private long answer(String call, Place place, CompletionStage<Long> stage) {
        String what = "a " + call + " for " + place;
        try {
            return stage.toCompletableFuture().get(callPatience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw Clause.EVERY_CALL_IS_ANSWERED.broken(what + " failed with [" + e.getCause() + "]", e);
        } catch (TimeoutException e) {
            throw Clause.EVERY_CALL_IS_ANSWERED.broken(
                    what + " was not answered by its deadline, nor [" + GRACE + "] later");
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting for " + what, e);
        }
    }

    /** Everything is asked for, everywhere that a bit was set before. */
    ReclaimReport fullRound() {
        // A round may miss a bit that was set just now, unless this was answered in between.
        await(reclaimer.state());
        return round(FULL);
    }

    ReclaimReport round(ReclaimRequest request) {
        return await(reclaimer.reclaim(request));
    }

    /** Full rounds until nothing is held, or they free nothing any more; answers how many objects they say they freed. */
    long freeAll() {
        long freed = 0;
        for (int idle = 0; held() > 0 && idle < MOST_IDLE_ROUNDS; ) {
            long now = fullRound().freedObjects();
            freed = Saturating.add(freed, now);
            idle = now > 0 ? 0 : idle + 1;
            if (idle > 0 && subject.isEstimating()) {
                LockSupport.parkNanos(ESTIMATE_AGE.toNanos());
            }
        }
        return freed;
    }

    /** Whether as many objects are gone as have to be: more only where they may go by themselves. */
    boolean isGone(long gone, long freed) {
        return gone == freed || (gone > freed && subject.isDroppingByItself());
    }

    /** Whether two counts are the same where nothing happened in between. */
    boolean hasExactCounts() {
        return !subject.isEstimating() && !subject.isDroppingByItself();
    }

    /** Whether a round will ask the shrinker there. */
    boolean isBitSet(Place place) {
        return await(reclaimer.state()).cgroups().stream()
                .filter(state -> state.cgroup().equals(place.cgroup().path()) && state.node() == place.node())
                .anyMatch(state -> state.bits().contains(handle.id()));
    }

    /** Fails with the clause where something is not so. */
    void require(boolean isSo, String otherwise) {
        if (!isSo) {
            throw clause.broken(otherwise);
        }
    }

    AssertionError broken(String how, Throwable cause) {
        return clause.broken(how, cause);
    }

    /** Waits; what fails, and what does not come, fails the clause. */
    <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw clause.broken("the reclaimer refused, or an answer failed: [" + e.getCause() + "]", e);
        } catch (TimeoutException e) {
            throw clause.broken(
                    "the reclaimer waited for the shrinker, and did not answer within [" + PATIENCE + "]", e);
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting for the reclaimer", e);
        }
    }

    /** A count or an answer as a person writes it. */
    static String written(long answer) {
        if (answer == Shrinker.EMPTY) {
            return "EMPTY";
        }
        return answer == Shrinker.STOP ? "STOP" : Long.toString(answer);
    }
}
