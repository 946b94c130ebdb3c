package io.reclaimer.scenario.run;

import akka.actor.setup.Setup;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimerState;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.pressure.HeapSetup;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.Pressure;
import io.reclaimer.scenario.model.CacheBehaviour;
import io.reclaimer.scenario.model.Cell;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.run.SimulatedCache.Slot;
import io.reclaimer.scenario.run.SimulatedCache.Tally;
import io.reclaimer.scenario.time.VirtualSystem;
import io.reclaimer.scenario.time.VirtualTime;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One member of a run: an actor system with a real reclaimer, simulated caches and, if the scenario has one, a simulated heap.
 * Confined to the thread of the run.
 */
final class ScenarioMember implements AutoCloseable {

    /** The most virtual time that a reply takes; far more than anything without a deadline needs. */
    static final Duration PATIENCE = Duration.ofDays(1);

    /** A cache and its shrinker. */
    record Cache(ShrinkerSpec spec, SimulatedCache contents, ShrinkerHandle handle) {

        long bytes(long objects) {
            return Saturating.multiply(objects, spec.objectBytes().orElse(ShrinkerSpec.DEFAULT_OBJECT_BYTES));
        }
    }

    /** Decides how the engine calls a simulated cache: as a plain shrinker, by stages, or as an actor. */
    interface CallStrategy {
        CompletionStage<ShrinkerHandle> allocate(
                Reclaimer reclaimer, ShrinkerSpec spec, SimulatedCache cache, VirtualTime time);
    }

    /** The parts that the members of a run share. */
    record Environment(Scenario scenario, VirtualTime time, Random random, CallStrategy calls) {}

    private final String name;
    private final Environment environment;
    private final VirtualSystem system;
    private final Reclaimer reclaimer;
    private final Optional<SimulatedHeap> heap;
    private final MemberCgroups cgroups = new MemberCgroups();

    /** By name, freed shrinkers included, in the order of allocation. */
    private final Map<String, Cache> caches = new LinkedHashMap<>();

    private final List<TraceEvent> trace = new ArrayList<>();
    private boolean down;

    /** @param heapRounds receives the member's name and each round that its heap pressure starts */
    ScenarioMember(
            String name, Environment environment, BiConsumer<String, CompletionStage<ReclaimReport>> heapRounds) {
        this.name = name;
        this.environment = environment;
        Scenario.Setup setup = environment.scenario().setup();
        this.heap = setup.heap().map(model -> new SimulatedHeap(model, environment.time(), this::cachedBytes));
        List<Setup> setups = heap.stream()
                .<Setup>map(one -> new HeapSetup(one.heap(), round -> heapRounds.accept(name, round)))
                .toList();
        this.system = new VirtualSystem("scenario-" + name, environment.time(), settings(setup.engine()), setups);
        try {
            this.reclaimer = Reclaimer.get(system.system());
            begin(setup);
        } catch (RuntimeException e) {
            system.close();
            throw e;
        }
    }

    private static Config settings(Scenario.Engine engine) {
        return ConfigFactory.parseString("reclaimer.nodes = [" + String.join(",", engine.nodes())
                        + "]\nreclaimer.cgroups-enabled = " + engine.cgroupsEnabled()
                        + "\nreclaimer.object-accounting = " + engine.objectAccounting())
                .withFallback(engine.settings().atPath("reclaimer"));
    }

    private void begin(Scenario.Setup setup) {
        reclaimer.trace(trace::add);
        if (setup.engine().cgroupsEnabled()) {
            cgroups.add(CgroupPath.root(), await(reclaimer.online(CgroupPath.root())));
        }
        setup.cgroups().forEach(this::online);
        for (Scenario.Shrinker definition : setup.shrinkers()) {
            alloc(definition);
            register(definition.spec().name());
            definition.contents().forEach(each -> add(each.cell(), each.objects()));
        }
        if (heap.isPresent()) {
            Pressure.get(system.system());
        }
        environment.time().settle();
    }

    String name() {
        return name;
    }

    /** The members of a name, or all. */
    static List<ScenarioMember> named(Optional<String> name, List<ScenarioMember> members) {
        return members.stream()
                .filter(member -> member.name.equals(name.orElse(member.name)))
                .toList();
    }

    Reclaimer reclaimer() {
        return reclaimer;
    }

    MemberCgroups cgroups() {
        return cgroups;
    }

    <T> T await(CompletionStage<T> stage) {
        return system.await(stage, PATIENCE);
    }

    /** Marks the member as killed or frozen, or as awake. */
    void setDown(boolean isDown) {
        down = isDown;
    }

    boolean isDown() {
        return down;
    }

    Map<String, Cache> caches() {
        return caches;
    }

    /** The latest cache of a name, or all. */
    Stream<Cache> caches(Optional<String> name) {
        return name.isEmpty() ? caches.values().stream() : Stream.ofNullable(caches.get(name.get()));
    }

    Cache cache(String shrinker) {
        Cache cache = caches.get(shrinker);
        if (cache == null) {
            throw new IllegalArgumentException("there is no shrinker [" + shrinker + "]; there are " + caches.keySet());
        }
        return cache;
    }

    void online(String cgroup, Optional<String> parent) {
        if (parent.isPresent()) {
            CgroupPath path = cgroups.path(parent.get()).child(cgroup);
            cgroups.add(path, await(reclaimer.online(path)));
            cgroups.setName(cgroup, path);
        } else {
            online(CgroupPath.of(cgroup));
        }
    }

    private void online(CgroupPath path) {
        path.withAncestors().forEach(one -> cgroups.add(one, await(reclaimer.onlineWithParents(one))));
    }

    void offline(String cgroup) {
        await(reclaimer.offline(cgroups.path(cgroup)));
    }

    /** Allocates a shrinker; returns its id. */
    int alloc(Scenario.Shrinker definition) {
        ShrinkerSpec spec = definition.spec();
        SimulatedCache contents = new SimulatedCache(
                spec.isCgroupAware() && environment.scenario().setup().engine().cgroupsEnabled(),
                spec.isNumaAware(),
                definition.behaviour(),
                new Random(environment.random().nextLong()),
                (slot, objects) -> freed(cache(spec.name()), slot, objects));
        ShrinkerHandle handle = await(environment.calls().allocate(reclaimer, spec, contents, environment.time()));
        caches.put(spec.name(), new Cache(spec, contents, handle));
        return handle.id();
    }

    void register(String shrinker) {
        await(cache(shrinker).handle().register());
    }

    void free(String shrinker) {
        Cache cache = cache(shrinker);
        await(cache.handle().free());
        cache.contents().markFreed();
    }

    /** Freed objects are garbage; a share of them is requested again later. */
    private void freed(Cache cache, Slot slot, long objects) {
        heap.ifPresent(one -> one.addGarbage(cache.bytes(objects)));
        CacheBehaviour.Refaults refaults = cache.contents().behaviour().refaults();
        long back = Math.round(objects * refaults.share());
        if (back > 0) {
            environment.time().after(refaults.after(), () -> {
                if (!cache.handle().isFreed()) {
                    cache.handle().recordRefaults(back);
                    add(cache, slot, back);
                }
            });
        }
    }

    /** The cache of a cell. */
    SimulatedCache contents(Cell cell) {
        return cache(cell.shrinker()).contents();
    }

    /** The slot of a cell in its cache. */
    Slot slot(Cell cell) {
        return contents(cell).slot(cgroups.path(cell.cgroup()), cell.node());
    }

    /** Adds objects as an application does: the bit is set when the cell was empty, and an offline cgroup passes them up. */
    void add(Cell cell, long objects) {
        add(cache(cell.shrinker()), slot(cell), objects);
    }

    private void add(Cache cache, Slot slot, long objects) {
        if (!environment.scenario().setup().engine().cgroupsEnabled()
                || !cache.spec().isCgroupAware()) {
            cache.contents().add(slot, objects);
            return;
        }
        Cgroup cgroup = cgroups.handle(slot.cgroup()).nearestOnline();
        if (cache.contents().add(cache.contents().slot(cgroup.path(), slot.node()), objects)) {
            cache.handle().setBit(cgroup, slot.node());
        }
    }

    void setBit(Cell cell) {
        cache(cell.shrinker()).handle().setBit(cgroups.handle(cgroups.path(cell.cgroup())), cell.node());
        environment.time().settle();
    }

    /** Runs one pass on a single cgroup and node. */
    ReclaimReport shrink(String cgroup, int node, int priority) {
        return await(reclaimer.reclaim(ReclaimRequest.in(cgroups.path(cgroup))
                .withoutDescendants()
                .onNodes(node)
                .startingAt(priority)));
    }

    ReclaimerState state() {
        return await(reclaimer.state());
    }

    /** The trace events since the last call. */
    List<TraceEvent> takeTrace() {
        List<TraceEvent> events = List.copyOf(trace);
        trace.clear();
        return events;
    }

    private long cachedBytes() {
        return Saturating.sum(caches.values().stream()
                .mapToLong(cache ->
                        cache.bytes(cache.contents().tally(slot -> true).objects())));
    }

    /** Collects the garbage of the heap, if there is one. */
    void collect() {
        heap.ifPresent(SimulatedHeap::collect);
    }

    /** Live bytes in percent of the heap; 0 without a heap. */
    double livePercent() {
        return heap.map(SimulatedHeap::livePercent).orElse(0.0);
    }

    Optional<HeapStatus> heapStatus() {
        return Pressure.find(system.system()).map(Pressure::heapStatus);
    }

    /** The sum over some slots of one shrinker, or of all. */
    Tally tally(Optional<String> shrinker, Predicate<Slot> which) {
        return caches(shrinker).map(cache -> cache.contents().tally(which)).reduce(Tally.NONE, Tally::plus);
    }

    @Override
    public void close() {
        system.close();
    }
}
