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
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * This process's heap, by the platform's own beans and the notifications they send after each collection. Costs nothing
 * between collections.
 *
 * <p>The limit is what can live for long: the heap's maximum, or the old generation's where that is smaller, as under
 * the Serial and the Parallel collector. With more alive than fits there, such a collector does a full collection each
 * time the young generation is full.
 */
final class PlatformHeap implements Heap {

    private final List<GarbageCollectorMXBean> collectors =
            ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
    private final Set<String> youngPools;
    private final Set<String> oldPools;
    private final long limitBytes;

    PlatformHeap() {
        List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
        Set<String> all = pools.stream().map(MemoryPoolMXBean::getName).collect(Collectors.toUnmodifiableSet());
        Set<String> old = all.stream().filter(CollectionScope::isOld).collect(Collectors.toUnmodifiableSet());
        // In a heap without generations all is old.
        oldPools = old.isEmpty() ? all : old;
        youngPools = all.stream().filter(pool -> !oldPools.contains(pool)).collect(Collectors.toUnmodifiableSet());
        long oldMaxBytes = pools.stream()
                .filter(pool -> oldPools.contains(pool.getName()))
                .mapToLong(pool -> pool.getUsage().getMax())
                .filter(max -> max > 0)
                .sum();
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

    /** The last collection of all that were before is told at once, so that a late watcher does not start blind. */
    @Override
    public Runnable watch(Consumer<HeapReading> listener) {
        List<Runnable> removals = new ArrayList<>();
        lastReading().ifPresent(listener);
        for (GarbageCollectorMXBean collector : collectors) {
            if (collector instanceof NotificationEmitter emitter) {
                List<String> pools = poolsOf(collector);
                NotificationListener forwarding = (notification, handback) -> {
                    if (notification.getUserData() instanceof CompositeData data) {
                        tell(GarbageCollectionNotificationInfo.from(data), pools, listener);
                    }
                };
                emitter.addNotificationListener(forwarding, null, null);
                removals.add(() -> remove(emitter, forwarding));
            }
        }
        return () -> removals.forEach(Runnable::run);
    }

    private void tell(GarbageCollectionNotificationInfo info, List<String> pools, Consumer<HeapReading> listener) {
        CollectionScope scope = CollectionScope.of(info.getGcName(), info.getGcAction(), pools);
        if (scope != CollectionScope.NOTHING) {
            GcInfo gc = info.getGcInfo();
            boolean isConcurrent = info.getGcAction().contains("cycle");
            listener.accept(reading(scope, isConcurrent ? gc.getStartTime() : gc.getEndTime(), gc));
        }
    }

    /** By what the beans keep: they have no actions, so only beans whose every notification would count are asked. */
    private Optional<HeapReading> lastReading() {
        return collectors.stream()
                .filter(collector -> collector.getLastGcInfo() != null)
                .filter(collector -> !collector.getName().endsWith("Pauses")
                        && !collector.getName().contains("Concurrent"))
                .max(Comparator.comparingLong(
                        collector -> collector.getLastGcInfo().getEndTime()))
                .map(GarbageCollectorMXBean::getLastGcInfo)
                .map(gc -> reading(CollectionScope.SOME_OLD, gc.getStartTime(), gc));
    }

    private HeapReading reading(CollectionScope scope, long settledMillis, GcInfo info) {
        Map<String, MemoryUsage> before = info.getMemoryUsageBeforeGc();
        Map<String, MemoryUsage> after = info.getMemoryUsageAfterGc();
        return new HeapReading(
                scope,
                settledMillis,
                used(before, youngPools),
                used(before, oldPools),
                used(after, youngPools),
                used(after, oldPools));
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
