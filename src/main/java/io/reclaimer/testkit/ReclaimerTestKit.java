package io.reclaimer.testkit;

import akka.actor.setup.Setup;
import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimerState;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.pressure.HeapSetup;
import io.reclaimer.scenario.VirtualSystem;
import io.reclaimer.scenario.VirtualTime;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * A reclaimer whose time the test has in its hands: nothing happens but what the test asks for, on the test's own thread, in the
 * same order each time, and an hour takes milliseconds.
 *
 * <pre>{@code
 * try (ReclaimerTestKit kit = ReclaimerTestKit.create()) {
 *     Cgroup web = kit.online("/shop/web");
 *     ShrinkerHandle pages = kit.register(ShrinkerSpec.named("pages").byCgroup(), cache);
 *     cache.put(pages, web, 1_000);
 *     ReclaimReport report = kit.reclaim(ReclaimRequest.in("/shop").objects(100));
 *     assertThat(kit).setsItsBit(pages, web, 0).hasNoFaults();
 * }
 * }</pre>
 *
 * <p>The shrinker's calls are recorded ({@link #calls}). One that blocks blocks the test; its own threads run as they do, and
 * what they hand to the reclaimer is done when the test lets something happen next. {@link #close} fails where something is
 * left that must not be: rounds under way, visits that hold a shrinker, calls after a shrinker was freed.
 *
 * <p>One thread's.
 */
public final class ReclaimerTestKit implements AutoCloseable {

    /** In virtual time; far more than anything that has no deadline of its own takes. */
    private static final Duration PATIENCE = Duration.ofDays(1);

    private final VirtualTime time;
    private final VirtualSystem system;
    private final Reclaimer reclaimer;
    private final Optional<FakeHeap> heap;
    private final List<TraceEvent> trace = new ArrayList<>();
    private final Map<ShrinkerHandle, CallLog> logs = new HashMap<>();

    private ReclaimerTestKit(Config settings, VirtualTime time, Optional<FakeHeap> heap) {
        this.time = time;
        this.heap = heap;
        List<Setup> setups = heap.<List<Setup>>map(fake -> List.of(new HeapSetup(fake.steered(), round -> {})))
                .orElse(List.of());
        this.system = new VirtualSystem("reclaimer-test-kit", time, settings, setups);
        try {
            this.reclaimer = Reclaimer.get(system.system());
            reclaimer.trace(trace::add);
            heap.ifPresent(fake -> fake.watch(system.system(), time::settle));
            time.settle();
        } catch (RuntimeException e) {
            system.close();
            throw e;
        }
    }

    /** With the defaults. */
    public static ReclaimerTestKit create() {
        return with("");
    }

    /** With these settings before those of the application and the defaults, as {@code reclaimer.nodes = [heap, direct]}. */
    public static ReclaimerTestKit with(String settings) {
        Objects.requireNonNull(settings, "settings");
        return new ReclaimerTestKit(ConfigFactory.parseString(settings), new VirtualTime(), Optional.empty());
    }

    /**
     * The same, and the heap that is watched is one whose size and use the test says, see {@link #heap}.
     *
     * @param limitBytes how much can live in it, above 0
     */
    public static ReclaimerTestKit withHeap(long limitBytes, String settings) {
        Objects.requireNonNull(settings, "settings");
        VirtualTime time = new VirtualTime();
        FakeHeap heap = new FakeHeap(limitBytes, () -> time.elapsed().toMillis());
        return new ReclaimerTestKit(ConfigFactory.parseString(settings), time, Optional.of(heap));
    }

    public ActorSystem<?> system() {
        return system.system();
    }

    public Reclaimer reclaimer() {
        return reclaimer;
    }

    /**
     * The heap of {@link #withHeap}.
     *
     * @throws IllegalStateException where the kit was made without
     */
    public FakeHeap heap() {
        return heap.orElseThrow(
                () -> new IllegalStateException("There is no fake heap; make the kit by ReclaimerTestKit.withHeap"));
    }

    /** How much time has gone by. */
    public Duration elapsed() {
        return time.elapsed();
    }

    /** Lets so much time go by, with all that happens meanwhile. */
    public void advance(Duration by) {
        Objects.requireNonNull(by, "by");
        time.advanceTo(time.elapsed().plus(by));
    }

    /** Does all that is to be done now; no time goes by. */
    public void settle() {
        time.settle();
    }

    /**
     * Lets the time go by until the stage is complete.
     *
     * @throws RuntimeException what it failed with
     * @throws IllegalStateException where it is not complete after a day
     */
    public <T> T await(CompletionStage<T> stage) {
        try {
            return system.await(stage, PATIENCE);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Brings a cgroup online, with all above it. */
    public Cgroup online(String path) {
        return await(reclaimer.onlineWithParents(path));
    }

    public void offline(String path) {
        await(reclaimer.offline(path));
    }

    /** Registers a shrinker, and records its calls. */
    public ShrinkerHandle register(ShrinkerSpec spec, Shrinker shrinker) {
        Objects.requireNonNull(shrinker, "shrinker");
        CallLog log = new CallLog(spec.name(), time::elapsed);
        return logged(await(reclaimer.register(spec, log.recording(shrinker))), log);
    }

    /** The same, of one that answers with stages. */
    public ShrinkerHandle register(ShrinkerSpec spec, AsyncShrinker shrinker) {
        Objects.requireNonNull(shrinker, "shrinker");
        CallLog log = new CallLog(spec.name(), time::elapsed);
        return logged(await(reclaimer.register(spec, log.recording(shrinker))), log);
    }

    private ShrinkerHandle logged(ShrinkerHandle handle, CallLog log) {
        logs.put(handle, log);
        return handle;
    }

    /** Frees a shrinker of this kit. From then on a call of it fails the test. */
    public void free(ShrinkerHandle shrinker) {
        await(shrinker.free());
        log(shrinker).freed();
    }

    /** A round, to its end. */
    public ReclaimReport reclaim(ReclaimRequest request) {
        return await(reclaimer.reclaim(request));
    }

    /** One pass on one cgroup alone, on one node. */
    public ReclaimReport pass(String cgroup, int node, int priority) {
        Objects.requireNonNull(cgroup, "cgroup");
        return reclaim(ReclaimRequest.in(cgroup).alone().onNodes(node).startingAt(priority));
    }

    /** A round that the test takes step by step. */
    public SteppedRound begin(ReclaimRequest request) {
        return new SteppedRound(this, reclaimer.reclaim(request).toCompletableFuture());
    }

    /** Lets the next thing happen: at most the next message; then, where there is none, the next timer. */
    boolean step() {
        return time.step() || time.advanceUntil(() -> false, Duration.ZERO);
    }

    /** Whether time went by: to what is due next. */
    boolean toNextTimer() {
        Duration before = time.elapsed();
        time.advanceUntil(() -> time.elapsed().compareTo(before) > 0, PATIENCE);
        return time.elapsed().compareTo(before) > 0;
    }

    /** What visits have traced since the beginning, in that order. */
    public List<TraceEvent> trace() {
        return List.copyOf(trace);
    }

    /** The calls of a shrinker since it was registered, in that order. */
    public List<ShrinkerCall> calls(ShrinkerHandle shrinker) {
        Objects.requireNonNull(shrinker, "shrinker");
        return log(shrinker).calls();
    }

    private CallLog log(ShrinkerHandle shrinker) {
        CallLog log = logs.get(shrinker);
        if (log == null) {
            throw new IllegalArgumentException(
                    "[" + shrinker + "] was not registered by this kit; register it by kit.register");
        }
        return log;
    }

    /** Calls of shrinkers of this kit after they were freed, of all of them. */
    List<ShrinkerCall> callsAfterFreed() {
        return logs.values().stream()
                .flatMap(log -> log.callsAfterFreed().stream())
                .toList();
    }

    List<ShrinkerCall> callsAfterFreed(ShrinkerHandle shrinker) {
        return log(shrinker).callsAfterFreed();
    }

    /** What the reclaimer has now; every bit set before is in it. */
    public ReclaimerState state() {
        return await(reclaimer.state());
    }

    /** Whether the bit of a shrinker is set in a cgroup on a node. */
    public boolean isBitSet(ShrinkerHandle shrinker, Cgroup cgroup, int node) {
        Objects.requireNonNull(shrinker, "shrinker");
        return state(cgroup, node).bits().contains(shrinker.id());
    }

    /** How many objects a shrinker owes in a cgroup on a node. */
    public long deferred(ShrinkerHandle shrinker, Cgroup cgroup, int node) {
        Objects.requireNonNull(shrinker, "shrinker");
        return state(cgroup, node).deferred().getOrDefault(shrinker.id(), 0L);
    }

    private ReclaimerState.CgroupState state(Cgroup cgroup, int node) {
        return state().cgroups().stream()
                .filter(one -> one.cgroup().equals(cgroup.path()) && one.node() == node)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("[" + cgroup.path() + "] is not online on node [" + node + "]"));
    }

    /** Ends it, and fails where something is left that must not be. */
    @Override
    public void close() {
        try {
            if (!system.system().getWhenTerminated().toCompletableFuture().isDone()) {
                ReclaimerTestKitAssert.assertThat(this).isIdle().neverCalledAfterFreed();
            }
        } finally {
            system.close();
        }
    }
}
