package io.reclaimer.testkit.contract;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.Config;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.testkit.CallLog;
import io.reclaimer.testkit.FakeControl;
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
 * The check of one clause against one new shrinker, in an actor system of its own, with the operations that the clauses share.
 * Confined to the thread of the test, apart from {@link #add}.
 */
final class ContractRun {

    /** The timeout of every answer: far more than any takes, so that a machine that stands still breaks no clause. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    /** A round over everything that frees all it finds. */
    static final ReclaimRequest FULL = ReclaimRequest.everywhere().startingAt(Shrinker.HIGHEST_PRIORITY);

    /** Added to the deadline of a call, because a machine stands still at times. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** The largest batch that objects are added for: more would take longer to add than a test should. */
    private static final long LARGEST_LOAD_BATCH = 128;

    /** The rounds in a row that may free nothing while there are objects: a shrinker with a second chance needs one. */
    private static final int MAX_IDLE_ROUNDS = 4;

    /** The largest age of an estimate: a round that frees nothing may have used an old one. */
    private static final Duration ESTIMATE_AGE = Duration.ofSeconds(2);

    /**
     * A cgroup on a node, where objects are.
     *
     * @param cgroup the root for a shrinker that is not cgroup aware
     */
    record Place(Cgroup cgroup, int node) {
        @Override
        public String toString() {
            return "[" + cgroup.path() + "] on node [" + node + "]";
        }
    }

    /** The result of a scan, and the objects that it looked at. */
    record Scanned(long result, long nrScanned) {
        boolean isStop() {
            return result == Shrinker.STOP;
        }

        @Override
        public String toString() {
            return written(result);
        }
    }

    private final Clause clause;
    private final Reclaimer reclaimer;
    private final ContractSubject subject;
    private final CallLog log;
    private final ShrinkerCalls calls;
    private final Duration callPatience;
    private final ShrinkerHandle handle;
    private final List<Place> places = new ArrayList<>();

    private ContractRun(Clause clause, ActorTestKit kit, Function<Reclaimer, ContractSubject> create) {
        this.clause = clause;
        this.reclaimer = Reclaimer.get(kit.system());
        ShrinkerContract.CGROUPS.forEach(path -> await(reclaimer.onlineWithParents(path)));
        this.subject = create.apply(reclaimer);
        this.log = new CallLog(subject.spec().name(), () -> Duration.ofNanos(System.nanoTime()));
        this.calls = subject.access().calls().apply(kit.system());
        this.callPatience = subject.spec()
                .callDeadline()
                .orElseGet(() -> kit.system().settings().config().getDuration("reclaimer.call-deadline"))
                .plus(GRACE);
        this.handle = await(subject.access().registration().apply(reclaimer, log));
        for (CgroupPath path : subject.cgroups()) {
            Cgroup cgroup = cgroup(path);
            subject.nodes(reclaimer.settings().nodes().size()).forEach(node -> places.add(new Place(cgroup, node)));
        }
    }

    /** Checks a clause. Throws where it is broken, and aborts the test where it does not apply. */
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

    /** Keeps the error of the clause: a shrinker that hangs makes the shutdown fail as well. */
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

    CallLog log() {
        return log;
    }

    /** The places where the shrinker may have objects: at least one. */
    List<Place> places() {
        return places;
    }

    Place place() {
        return places.get(0);
    }

    Cgroup cgroup(CgroupPath path) {
        return await(reclaimer.online(path));
    }

    /** The batch of the shrinker, with an upper limit. */
    long batch() {
        return Math.min(subject.spec().batch(), LARGEST_LOAD_BATCH);
    }

    /** More objects than a scan is asked for. */
    long manyObjects() {
        return 2 * batch() + 3;
    }

    /** Adds objects. Thread-safe. */
    void add(Place place, long objects) {
        for (long i = 0; i < objects; i++) {
            subject.source().add(handle, place.cgroup(), place.node());
        }
    }

    long held(Place place) {
        return subject.counter().objects(place.cgroup(), place.node());
    }

    long held() {
        return Saturating.sum(places.stream().mapToLong(this::held));
    }

    long count(Place place) {
        return resultOf(
                "count",
                place,
                calls.count().apply(new FakeControl(place.cgroup().path(), place.node(), 0)));
    }

    Scanned scan(Place place, long nrToScan) {
        return scan(new FakeControl(place.cgroup().path(), place.node(), nrToScan), place);
    }

    /** @param untilCancelled the number of times that {@code isCancelled} answers no */
    Scanned scan(Place place, long nrToScan, int untilCancelled) {
        AtomicInteger remaining = new AtomicInteger(untilCancelled);
        return scan(
                new FakeControl(
                        place.cgroup().path(),
                        place.node(),
                        nrToScan,
                        () -> remaining.getAndUpdate(count -> Math.max(0, count - 1)) == 0),
                place);
    }

    private Scanned scan(FakeControl control, Place place) {
        long result = resultOf("scan", place, calls.scan().apply(control));
        return new Scanned(result, control.nrScanned());
    }

    private long resultOf(String method, Place place, CompletionStage<Long> stage) {
        String call = "a " + method + " for " + place;
        try {
            return stage.toCompletableFuture().get(callPatience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw Clause.EVERY_CALL_IS_ANSWERED.broken(call + " failed with [" + e.getCause() + "]", e);
        } catch (TimeoutException e) {
            throw Clause.EVERY_CALL_IS_ANSWERED.broken(
                    call + " was not answered by its deadline, nor [" + GRACE + "] later");
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting for " + call, e);
        }
    }

    /** Runs a round over everything that finds every bit set before. */
    ReclaimReport fullRound() {
        // A round may miss a bit that was set just now; the answer to this comes after such bits.
        await(reclaimer.state());
        return round(FULL);
    }

    ReclaimReport round(ReclaimRequest request) {
        return await(reclaimer.reclaim(request));
    }

    /** Runs full rounds until nothing is held, or they free nothing any more. Returns the objects freed by their reports. */
    long freeAll() {
        long freed = 0;
        for (int idle = 0; held() > 0 && idle < MAX_IDLE_ROUNDS; ) {
            long now = fullRound().freedObjects();
            freed = Saturating.add(freed, now);
            idle = now > 0 ? 0 : idle + 1;
            if (idle > 0 && subject.isEstimating()) {
                LockSupport.parkNanos(ESTIMATE_AGE.toNanos());
            }
        }
        return freed;
    }

    /** Whether the objects that are gone are those freed; more may be gone where the shrinker drops objects by itself. */
    boolean isGone(long gone, long freed) {
        return gone == freed || (gone > freed && subject.isDroppingByItself());
    }

    /** Whether two counts have to be the same where nothing happened in between. */
    boolean hasExactCounts() {
        return !subject.isEstimating() && !subject.isDroppingByItself();
    }

    /** Whether the bit of the shrinker is set, so that a round visits it. */
    boolean isBitSet(Place place) {
        return await(reclaimer.state()).cgroups().stream()
                .filter(state -> state.cgroup().equals(place.cgroup().path()) && state.node() == place.node())
                .anyMatch(state -> state.bits().contains(handle.id()));
    }

    /** Breaks the clause where the condition does not hold. */
    void require(boolean holds, String otherwise) {
        if (!holds) {
            throw clause.broken(otherwise);
        }
    }

    AssertionError broken(String how, Throwable cause) {
        return clause.broken(how, cause);
    }

    /** Waits for a stage. A failure or a timeout breaks the clause. */
    <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw clause.broken("the reclaimer refused a call, or failed: [" + e.getCause() + "]", e);
        } catch (TimeoutException e) {
            throw clause.broken(
                    "the reclaimer waited for the shrinker, and did not answer within [" + PATIENCE + "]", e);
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting for the reclaimer", e);
        }
    }

    /** The text of the result of a count or a scan. */
    static String written(long result) {
        if (result == Shrinker.EMPTY) {
            return "EMPTY";
        }
        return result == Shrinker.STOP ? "STOP" : Long.toString(result);
    }
}
