package io.reclaimer.scenario;

import akka.actor.setup.Setup;
import com.typesafe.config.Config;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimerState;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.pressure.HeapSetup;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.Pressure;
import io.reclaimer.pressure.SteeredHeap;
import io.reclaimer.scenario.ModelCache.Cell;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One member of a scenario: an actor system with a real reclaimer, modelled caches, and a modelled heap where there is one. One
 * thread's.
 */
final class ScenarioMember implements AutoCloseable {

    /** Far more than anything that has no deadline of its own takes. */
    static final Duration PATIENCE = Duration.ofDays(1);

    /** A cache and its shrinker. */
    record Cache(ShrinkerSpec spec, ModelCache model, ShrinkerHandle handle) {
        long objectBytes() {
            return spec.objectBytes().orElse(ShrinkerSpec.DEFAULT_OBJECT_BYTES);
        }
    }

    /** Who decides how a cache is called. */
    interface Calls {
        CompletionStage<ShrinkerHandle> allocate(
                Reclaimer reclaimer, ShrinkerSpec spec, ModelCache cache, VirtualTime time);
    }

    private final String name;
    private final Scenario scenario;
    private final VirtualTime time;
    private final Random random;
    private final Calls calls;
    private final VirtualSystem system;
    private final Reclaimer reclaimer;
    private final @Nullable SteeredHeap heap;

    /** All that were ever online here, the last one of each path. */
    private final Map<CgroupPath, Cgroup> cgroups = new HashMap<>();

    /** What steps call them. */
    private final Map<String, CgroupPath> paths = new HashMap<>();

    private final Map<CgroupPath, String> names = new HashMap<>();

    /** By name, those that were freed too, in the order of their allocation. */
    private final Map<String, Cache> caches = new LinkedHashMap<>();

    private final List<TraceEvent> trace = new ArrayList<>();
    private long garbageBytes;
    private boolean down;

    ScenarioMember(
            String name,
            Scenario scenario,
            VirtualTime time,
            Config settings,
            Random random,
            Calls calls,
            BiConsumer<String, CompletionStage<ReclaimReport>> heapRounds) {
        this.name = name;
        this.scenario = scenario;
        this.time = time;
        this.random = random;
        this.calls = calls;
        this.heap = scenario.heap()
                .map(model -> new SteeredHeap(
                        model.limitBytes(),
                        () -> liveBytes() + garbageBytes,
                        () -> time.nowNanos() / Duration.ofMillis(1).toNanos()))
                .orElse(null);
        List<Setup> setups =
                heap == null ? List.of() : List.of(new HeapSetup(heap, round -> heapRounds.accept(name, round)));
        this.system = new VirtualSystem("scenario-" + name, time, settings, setups);
        try {
            this.reclaimer = Reclaimer.get(system.system());
            begin();
        } catch (RuntimeException e) {
            system.close();
            throw e;
        }
    }

    private void begin() {
        reclaimer.trace(trace::add);
        call("root", CgroupPath.root());
        if (scenario.cgroupsEnabled()) {
            cgroups.put(CgroupPath.root(), await(reclaimer.online(CgroupPath.root())));
        }
        scenario.cgroups().forEach(this::online);
        for (ShrinkerModel model : scenario.shrinkers()) {
            alloc(model);
            await(cache(model.name()).handle().register());
            for (ShrinkerModel.Held held : model.objects()) {
                add(model.name(), held.cgroup(), held.node(), held.objects());
            }
        }
        if (heap != null) {
            Pressure.get(system.system());
        }
        time.settle();
    }

    String name() {
        return name;
    }

    Reclaimer reclaimer() {
        return reclaimer;
    }

    <T> T await(CompletionStage<T> stage) {
        return system.await(stage, PATIENCE);
    }

    /** It does nothing any more, or not for now. */
    void down(boolean isDown) {
        down = isDown;
    }

    boolean isDown() {
        return down;
    }

    Map<String, Cache> caches() {
        return caches;
    }

    Cache cache(String shrinker) {
        Cache cache = caches.get(shrinker);
        if (cache == null) {
            throw new ScenarioFault("there is no shrinker [" + shrinker + "]; there are " + caches.keySet());
        }
        return cache;
    }

    /** What a name in the scenario means. */
    CgroupPath path(String cgroup) {
        if (cgroup.startsWith("/")) {
            return CgroupPath.of(cgroup);
        }
        CgroupPath path = paths.get(cgroup);
        if (path == null) {
            throw new ScenarioFault("no step has called a cgroup [" + cgroup + "]");
        }
        return path;
    }

    /** As the scenario has it. */
    String nameOf(CgroupPath path) {
        return names.getOrDefault(path, path.toString());
    }

    private void call(String cgroup, CgroupPath path) {
        paths.put(cgroup, path);
        names.put(path, cgroup);
    }

    void online(String cgroup, Optional<String> parent) {
        if (parent.isPresent()) {
            CgroupPath path = path(parent.get()).child(cgroup);
            cgroups.put(path, await(reclaimer.online(path)));
            call(cgroup, path);
        } else {
            online(CgroupPath.of(cgroup));
        }
    }

    private void online(CgroupPath path) {
        path.withAncestors().forEach(one -> cgroups.put(one, await(reclaimer.onlineWithParents(one))));
    }

    void offline(String cgroup) {
        await(reclaimer.offline(path(cgroup)));
    }

    int alloc(ShrinkerModel model) {
        ShrinkerSpec spec = new ShrinkerSpec(
                model.name(),
                model.traits(),
                model.seeks(),
                model.batch(),
                OptionalLong.of(model.objectBytes()),
                Optional.empty(),
                Set.of());
        ModelCache cache = new ModelCache(
                spec.cgroupAware() && scenario.cgroupsEnabled(),
                spec.numaAware(),
                model.cache(),
                new Random(random.nextLong()),
                (cell, objects) -> freed(model.name(), cell, objects));
        ShrinkerHandle handle = await(calls.allocate(reclaimer, spec, cache, time));
        caches.put(model.name(), new Cache(spec, cache, handle));
        return handle.id();
    }

    void register(String shrinker) {
        await(cache(shrinker).handle().register());
    }

    void free(String shrinker) {
        Cache cache = cache(shrinker);
        await(cache.handle().free());
        cache.model().freed();
    }

    private void freed(String shrinker, Cell cell, long objects) {
        Cache cache = cache(shrinker);
        garbageBytes = Saturating.add(garbageBytes, Saturating.multiply(objects, cache.objectBytes()));
        CacheModel model = cache.model().model();
        long back = Math.round(objects * model.refaults());
        if (back > 0) {
            time.after(model.refaultAfter(), () -> {
                if (!cache.handle().isFreed()) {
                    cache.handle().refaulted(back);
                    add(cache, cell, back);
                }
            });
        }
    }

    /** As an application does it: where there were none, the bit is set. What is offline, its parent has. */
    void add(String shrinker, String cgroup, int node, long objects) {
        Cache cache = cache(shrinker);
        add(cache, cache.model().cell(path(cgroup), node), objects);
    }

    private void add(Cache cache, Cell cell, long objects) {
        if (!scenario.cgroupsEnabled() || !cache.spec().cgroupAware()) {
            cache.model().add(cell, objects);
            return;
        }
        Cgroup cgroup = cgroup(cell.cgroup()).nearestOnline();
        if (cache.model().add(cache.model().cell(cgroup.path(), cell.node()), objects)) {
            cache.handle().setBit(cgroup, cell.node());
        }
    }

    /** Objects join; no bit is set. */
    void put(String shrinker, String cgroup, int node, long objects) {
        ModelCache model = cache(shrinker).model();
        model.add(model.cell(path(cgroup), node), objects);
    }

    void late(String shrinker, String cgroup, int node, long objects) {
        ModelCache model = cache(shrinker).model();
        model.addLate(model.cell(path(cgroup), node), objects);
    }

    void take(String shrinker, String cgroup, int node, long objects) {
        ModelCache model = cache(shrinker).model();
        model.take(model.cell(path(cgroup), node), objects);
    }

    long objects(String shrinker, String cgroup, int node) {
        ModelCache model = cache(shrinker).model();
        return model.objects(model.cell(path(cgroup), node));
    }

    void setBit(String shrinker, String cgroup, int node) {
        cache(shrinker).handle().setBit(cgroup(path(cgroup)), node);
        time.settle();
    }

    private Cgroup cgroup(CgroupPath path) {
        Cgroup cgroup = cgroups.get(path);
        if (cgroup == null) {
            throw new ScenarioFault("cgroup [" + path + "] was never online");
        }
        return cgroup;
    }

    /** One pass on one cgroup alone on one node. */
    ReclaimReport shrink(String cgroup, int node, int priority) {
        return await(reclaimer.reclaim(
                ReclaimRequest.in(path(cgroup)).alone().onNodes(node).startingAt(priority)));
    }

    ReclaimerState state() {
        return await(reclaimer.state());
    }

    /** What visits have traced so far; clears it. */
    List<TraceEvent> takeTrace() {
        List<TraceEvent> events = List.copyOf(trace);
        trace.clear();
        return events;
    }

    /** What lives in the heap. */
    long liveBytes() {
        return Saturating.add(
                otherBytes(),
                Saturating.sum(caches.values().stream()
                        .mapToLong(cache -> Saturating.multiply(
                                cache.model().tally(cell -> true).objects(), cache.objectBytes()))));
    }

    private long otherBytes() {
        long bytes = 0;
        for (HeapModel.Other other : scenario.heap().orElseThrow().other()) {
            if (other.from().compareTo(time.elapsed()) <= 0) {
                bytes = other.bytes();
            }
        }
        return bytes;
    }

    /** A collection takes out all garbage. */
    void collect() {
        if (heap != null) {
            long live = liveBytes();
            heap.collected(live);
            garbageBytes = 0;
        }
    }

    /** What lives in the heap, in percent of what can; 0 where there is none. */
    double heapPercent() {
        return heap == null ? 0 : 100.0 * liveBytes() / heap.limitBytes();
    }

    Optional<HeapStatus> heapStatus() {
        return Pressure.find(system.system()).map(Pressure::heapStatus);
    }

    /** What is in all caches, or in one, in cells that are meant. */
    ModelCache.Tally tally(Optional<String> shrinker, Predicate<Cell> which) {
        return caches.entrySet().stream()
                .filter(entry -> shrinker.isEmpty() || shrinker.get().equals(entry.getKey()))
                .map(entry -> entry.getValue().model().tally(which))
                .reduce(ModelCache.Tally.NONE, ModelCache.Tally::plus);
    }

    @Override
    public void close() {
        system.close();
    }
}
