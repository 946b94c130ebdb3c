package io.reclaimer.pressure;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * This process's heap, by the platform's beans and their notifications after each collection. Does no work between
 * collections.
 *
 * <p>The limit is the maximum of bytes that can live for long: the heap's maximum, or the old generation's if that is
 * smaller, as with the Serial and the Parallel collector. If more is live than fits in the old generation, such a
 * collector makes a full collection each time the young generation is full.
 */
final class PlatformHeap implements Heap {

    private final List<GarbageCollectorMXBean> collectors =
            ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
    private final Set<String> youngPools;
    private final Set<String> oldPools;
    private final long limitBytes;
    private final AllocatedBytes allocated = new AllocatedBytes();

    /** The pool of the old generation of G1; empty for other collectors. */
    private final Optional<MemoryPoolMXBean> g1Old;

    PlatformHeap() {
        List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
        Set<String> all = pools.stream().map(MemoryPoolMXBean::getName).collect(Collectors.toUnmodifiableSet());
        Set<String> old = all.stream().filter(CollectionScope::isOld).collect(Collectors.toUnmodifiableSet());
        // In a heap without generations all pools are old.
        oldPools = old.isEmpty() ? all : old;
        youngPools = all.stream().filter(pool -> !oldPools.contains(pool)).collect(Collectors.toUnmodifiableSet());
        long oldMaxBytes = pools.stream()
                .filter(pool -> oldPools.contains(pool.getName()))
                .mapToLong(pool -> pool.getUsage().getMax())
                .filter(max -> max > 0)
                .sum();
        g1Old = pools.stream()
                .filter(pool -> pool.getName().equals("G1 Old Gen"))
                .findFirst();
        long heapMaxBytes = Runtime.getRuntime().maxMemory();
        limitBytes = oldMaxBytes > 0 ? Math.min(oldMaxBytes, heapMaxBytes) : heapMaxBytes;
    }

    @Override
    public long limitBytes() {
        return limitBytes;
    }

    @Override
    public long usedBytes() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Override
    public long uptimeMillis() {
        return ManagementFactory.getRuntimeMXBean().getUptime();
    }

    /** Reports the last collections before the call at once, so that a late watcher knows the heap from the start. */
    @Override
    public Runnable watch(Consumer<HeapReading> listener) {
        List<Runnable> removals = new ArrayList<>();
        lastReadings().forEach(listener);
        allocated.sample(uptimeMillis());
        AtomicLong lastMixed = new AtomicLong(g1OldAfterMixed());
        for (GarbageCollectorMXBean collector : collectors) {
            if (collector instanceof NotificationEmitter emitter) {
                List<String> pools = poolsOf(collector);
                NotificationListener forwarding = (notification, handback) -> {
                    if (notification.getUserData() instanceof CompositeData data) {
                        report(GarbageCollectionNotificationInfo.from(data), pools, lastMixed, listener);
                    }
                };
                emitter.addNotificationListener(forwarding, null, null);
                removals.add(() -> remove(emitter, forwarding));
            }
        }
        return () -> removals.forEach(Runnable::run);
    }

    private void report(
            GarbageCollectionNotificationInfo info,
            List<String> pools,
            AtomicLong lastMixed,
            Consumer<HeapReading> listener) {
        CollectionScope scope = CollectionScope.of(info.getGcName(), info.getGcAction(), pools);
        if (scope == CollectionScope.NOTHING) {
            return;
        }
        GcInfo gc = info.getGcInfo();
        boolean isConcurrent = info.getGcAction().contains("cycle");
        long allocatedBytes = 0;
        if (isConcurrent) {
            long now = uptimeMillis();
            allocatedBytes = allocated.between(gc.getStartTime(), gc.getEndTime(), now);
            allocated.sample(now);
        }
        if (isMixed(gc, lastMixed) && scope == CollectionScope.SOME_OLD) {
            scope = CollectionScope.MIXED;
        }
        listener.accept(reading(scope, isConcurrent ? gc.getStartTime() : gc.getEndTime(), gc, allocatedBytes));
    }

    /**
     * Returns whether the reported pause removed old garbage. G1 updates the collection usage of the old generation
     * only with full collections, and with pauses for which a marking has found candidates. If another collection has
     * ended since, the result is false, because it is unknown. (HotSpot, G1YoungGCMonitoringScope and
     * GCMemoryManager::gc_end)
     */
    private boolean isMixed(GcInfo gc, AtomicLong lastMixed) {
        long after = g1OldAfterMixed();
        return lastMixed.getAndSet(after) != after && after == used(gc.getMemoryUsageAfterGc(), oldPools);
    }

    /** Returns the bytes in use after the last collection of G1's old generation; 0 if there was none. */
    private long g1OldAfterMixed() {
        return g1Old.map(MemoryPoolMXBean::getCollectionUsage)
                .map(MemoryUsage::getUsed)
                .orElse(0L);
    }

    /** Returns the last reading of each collector, in the order of their ends. The beans keep no action of them. */
    private List<HeapReading> lastReadings() {
        return collectors.stream()
                .filter(collector -> collector.getLastGcInfo() != null)
                .filter(collector -> !collector.getName().endsWith("Pauses")
                        && !collector.getName().contains("Concurrent"))
                .sorted(Comparator.comparingLong(
                        collector -> collector.getLastGcInfo().getEndTime()))
                .map(collector -> reading(
                        CollectionScope.of(collector.getName(), "", poolsOf(collector)),
                        collector.getLastGcInfo().getStartTime(),
                        collector.getLastGcInfo(),
                        0))
                .toList();
    }

    private HeapReading reading(CollectionScope scope, long garbageCutoffMillis, GcInfo info, long allocatedBytes) {
        Map<String, MemoryUsage> before = info.getMemoryUsageBeforeGc();
        Map<String, MemoryUsage> after = info.getMemoryUsageAfterGc();
        return new HeapReading(
                scope,
                garbageCutoffMillis,
                used(before, youngPools),
                used(before, oldPools),
                used(after, youngPools),
                used(after, oldPools),
                allocatedBytes);
    }

    private static long used(Map<String, MemoryUsage> usages, Set<String> pools) {
        long bytes = 0;
        for (String pool : pools) {
            MemoryUsage usage = usages.get(pool);
            bytes += usage == null ? 0 : usage.getUsed();
        }
        return bytes;
    }

    private static List<String> poolsOf(GarbageCollectorMXBean collector) {
        return Arrays.asList(collector.getMemoryPoolNames());
    }

    private static void remove(NotificationEmitter emitter, NotificationListener listener) {
        try {
            emitter.removeNotificationListener(listener);
        } catch (ListenerNotFoundException e) {
            throw new IllegalStateException("The heap's listener was removed before", e);
        }
    }
}
