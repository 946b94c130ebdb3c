package io.reclaimer.testkit;

import akka.actor.setup.Setup;
import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.pressure.HeapSetup;
import io.reclaimer.scenario.time.VirtualSystem;
import io.reclaimer.scenario.time.VirtualTime;
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
import java.util.function.Function;

/**
 * A reclaimer in virtual time: everything runs on the thread of the test, in the same order each time, and only inside of calls of
 * this kit. An hour takes milliseconds.
 *
 * <pre>{@code
 * try (ReclaimerTestKit kit = ReclaimerTestKit.create()) {
 *     Cgroup web = kit.online("/shop/web");
 *     ShrinkerHandle pages = kit.register(ShrinkerSpec.named("pages").byCgroup(), cache);
 *     cache.put(pages, web, 1_000);
 *     ReclaimReport report = kit.reclaim(ReclaimRequest.in("/shop").objects(100));
 *     assertThat(kit).hasBit(pages, web, 0).hasNoFaults();
 * }
 * }</pre>
 *
 * <p>The calls of shrinkers that are registered here are recorded ({@link #calls}). A shrinker that blocks blocks the test. Work
 * that a shrinker's own threads hand to the reclaimer is done in the next call of the kit.
 *
 * <p>{@link #close} fails where rounds are under way, visits hold a shrinker, or a shrinker was called after it was freed.
 *
 * <p>Confined to the thread of the test.
 */
public final class ReclaimerTestKit implements BlockingReclaimer, AutoCloseable {

    /** The virtual time after which {@link #await} gives up: far more than any deadline. */
    private static final Duration AWAIT_TIMEOUT = Duration.ofDays(1);

    private final VirtualTime time;
    private final VirtualSystem system;
    private final Reclaimer reclaimer;
    private final Optional<FakeHeap> heap;
    private final List<TraceEvent> trace = new ArrayList<>();
    private final Map<ShrinkerHandle, CallLog> logs = new HashMap<>();

    private ReclaimerTestKit(Config settings, VirtualTime time, Optional<FakeHeap> heap) {
        this.time = time;
        this.heap = heap;
        List<Setup> setups = heap.<List<Setup>>map(fake -> List.of(new HeapSetup(fake.manual(), round -> {})))
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

    /** Creates a kit with the default settings. */
    public static ReclaimerTestKit create() {
        return with("");
    }

    /** Creates a kit with these settings, such as {@code reclaimer.nodes = [heap, direct]}, before the defaults. */
    public static ReclaimerTestKit with(String settings) {
        Objects.requireNonNull(settings, "settings");
        return new ReclaimerTestKit(ConfigFactory.parseString(settings), new VirtualTime(), Optional.empty());
    }

    /**
     * Creates a kit whose heap pressure watches a {@link #heap} that the test sets.
     *
     * @param limitBytes the size of the heap, above 0
     */
    public static ReclaimerTestKit withHeap(long limitBytes, String settings) {
        Objects.requireNonNull(settings, "settings");
        VirtualTime time = new VirtualTime();
        FakeHeap heap = new FakeHeap(limitBytes, () -> time.elapsed().toMillis());
        return new ReclaimerTestKit(ConfigFactory.parseString(settings), time, Optional.of(heap));
    }

    @Override
    public ActorSystem<?> system() {
        return system.system();
    }

    @Override
    public Reclaimer reclaimer() {
        return reclaimer;
    }

    /**
     * The heap of {@link #withHeap}.
     *
     * @throws IllegalStateException where the kit was created without
     */
    public FakeHeap heap() {
        return heap.orElseThrow(() ->
                new IllegalStateException("There is no fake heap; create the kit with ReclaimerTestKit.withHeap"));
    }

    /** The virtual time since the start. */
    public Duration elapsed() {
        return time.elapsed();
    }

    /** Lets virtual time pass, and runs all that is due meanwhile. */
    public void advance(Duration by) {
        Objects.requireNonNull(by, "by");
        time.advanceTo(time.elapsed().plus(by));
    }

    /** Runs all that is due now; no time passes. */
    @Override
    public void settle() {
        time.settle();
    }

    /**
     * Lets virtual time pass until the stage is complete, and returns its value.
     *
     * @throws RuntimeException the failure of the stage
     * @throws IllegalStateException where it is not complete after a day
     */
    @Override
    public <T> T await(CompletionStage<T> stage) {
        Objects.requireNonNull(stage, "stage");
        try {
            return system.await(stage, AWAIT_TIMEOUT);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Registers a shrinker, and records its calls. */
    @Override
    public ShrinkerHandle register(ShrinkerSpec spec, Shrinker shrinker) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(shrinker, "shrinker");
        return recorded(spec, log -> reclaimer.register(spec, log.recording(shrinker)));
    }

    /** Registers a shrinker, and records its calls. */
    @Override
    public ShrinkerHandle register(ShrinkerSpec spec, AsyncShrinker shrinker) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(shrinker, "shrinker");
        return recorded(spec, log -> reclaimer.register(spec, log.recording(shrinker)));
    }

    private ShrinkerHandle recorded(
            ShrinkerSpec spec, Function<CallLog, CompletionStage<ShrinkerHandle>> registration) {
        CallLog log = new CallLog(spec.name(), time::elapsed);
        ShrinkerHandle handle = await(registration.apply(log));
        logs.put(handle, log);
        return handle;
    }

    /** Frees a shrinker that was registered here. A later call of it fails the test. */
    public void free(ShrinkerHandle shrinker) {
        Objects.requireNonNull(shrinker, "shrinker");
        await(shrinker.free());
        log(shrinker).markFreed();
    }

    /** Starts a round that the test runs pass by pass. */
    public SteppedRound begin(ReclaimRequest request) {
        return new SteppedRound(this, reclaimer.reclaim(request).toCompletableFuture());
    }

    /** Runs the next message or, where there is none, the next timer that is due now. */
    boolean step() {
        return time.step() || time.advanceUntil(() -> false, Duration.ZERO);
    }

    /** Lets time pass until the next timer is due; answers whether there was one. */
    boolean toNextTimer() {
        Duration before = time.elapsed();
        time.advanceUntil(() -> time.elapsed().compareTo(before) > 0, AWAIT_TIMEOUT);
        return time.elapsed().compareTo(before) > 0;
    }

    /** The trace of all visits since the start. */
    public List<TraceEvent> trace() {
        return List.copyOf(trace);
    }

    /** The calls of a shrinker since it was registered here, in order. */
    public List<ShrinkerCall> calls(ShrinkerHandle shrinker) {
        Objects.requireNonNull(shrinker, "shrinker");
        return log(shrinker).calls();
    }

    private CallLog log(ShrinkerHandle shrinker) {
        CallLog log = logs.get(shrinker);
        if (log == null) {
            throw new IllegalArgumentException("The calls of [" + shrinker
                    + "] are not recorded; register a Shrinker or an AsyncShrinker with kit.register");
        }
        return log;
    }

    /** The calls of all recorded shrinkers after they were freed. */
    List<ShrinkerCall> callsAfterFreed() {
        return logs.values().stream()
                .flatMap(log -> log.callsAfterFreed().stream())
                .toList();
    }

    List<ShrinkerCall> callsAfterFreed(ShrinkerHandle shrinker) {
        return log(shrinker).callsAfterFreed();
    }

    /** Checks that nothing is left behind, and ends the actor system in any case. */
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
