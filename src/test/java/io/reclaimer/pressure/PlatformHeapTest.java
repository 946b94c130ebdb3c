package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** This JVM's own heap. The tests hold with each collector. */
class PlatformHeapTest {

    private final PlatformHeap heap = new PlatformHeap();

    @Test
    void limitIsTheHeapsMaximumOrLess() {
        assertThat(heap.limitBytes())
                .isPositive()
                .isLessThanOrEqualTo(Runtime.getRuntime().maxMemory());
    }

    @Test
    void inUseIsMoreThanNothingAndFitsIntoTheHeap() {
        assertThat(heap.usedBytes())
                .isPositive()
                .isLessThanOrEqualTo(Runtime.getRuntime().maxMemory());
    }

    @Test
    void uptimeNeverRunsBackwards() {
        long before = heap.uptimeMillis();
        assertThat(before).isNotNegative();
        assertThat(heap.uptimeMillis()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void collectionIsTold() {
        HeapReading reading = afterFullCollection();
        assertThat(reading.garbageCutoffMillis()).isBetween(0L, heap.uptimeMillis());
        assertThat(reading.youngBefore() + reading.oldBefore()).isPositive();
        assertThat(reading.youngAfter() + reading.oldAfter())
                .isPositive()
                .isLessThanOrEqualTo(Runtime.getRuntime().maxMemory());
    }

    /** Held bytes are in use after a full collection until they are dropped. Uses 32 MiB in arrays of usual size. */
    @Test
    void readingAfterAFullCollectionIsWhatIsHeld() {
        List<byte[]> held = new ArrayList<>();
        for (int i = 0; i < 512; i++) {
            held.add(new byte[64 << 10]);
        }
        long with = inUseAfterFullCollection();
        held.clear();
        long without = inUseAfterFullCollection();
        assertThat(with - without).isBetween(20L << 20, 44L << 20);
    }

    /** A late watcher does not have to wait for the next collection. */
    @Test
    void lateWatcherIsToldOfTheLastCollectionAtOnce() {
        inUseAfterFullCollection();
        Queue<HeapReading> readings = new ConcurrentLinkedQueue<>();
        heap.watch(readings::add).run();
        assertThat(readings).isNotEmpty();
        assertThat(readings.element().mostLiveBytes()).isPositive();
    }

    /** Listeners are called in the order of registration: a left-over listener would be called before the new one. */
    @Test
    void endedWatchLeavesNoListener() {
        Queue<HeapReading> readings = new ConcurrentLinkedQueue<>();
        Runnable end = heap.watch(readings::add);
        inUseAfterFullCollection();
        assertThat(readings).isNotEmpty();
        end.run();
        readings.clear();
        inUseAfterFullCollection();
        assertThat(readings).isEmpty();
    }

    @Test
    void watchesEndOneByOne() {
        Queue<HeapReading> readings = new ConcurrentLinkedQueue<>();
        Runnable first = heap.watch(reading -> {});
        Runnable second = heap.watch(readings::add);
        first.run();
        readings.clear();
        inUseAfterFullCollection();
        assertThat(readings).isNotEmpty();
        second.run();
    }

    @Test
    void watchEndsOnce() {
        Runnable end = heap.watch(reading -> {});
        end.run();
        assertThatThrownBy(end::run).isInstanceOf(IllegalStateException.class).hasMessageContaining("removed before");
    }

    private long inUseAfterFullCollection() {
        return afterFullCollection().mostLiveBytes();
    }

    /**
     * Returns the reading after a full collection. Late readings of earlier ones are recognised by the collectors'
     * clock.
     */
    private HeapReading afterFullCollection() {
        long before = ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class).stream()
                .map(GarbageCollectorMXBean::getLastGcInfo)
                .filter(Objects::nonNull)
                .mapToLong(GcInfo::getEndTime)
                .max()
                .orElse(-1);
        BlockingQueue<HeapReading> readings = new LinkedBlockingQueue<>();
        Runnable end = heap.watch(reading -> {
            if (reading.scope() == CollectionScope.ALL && reading.garbageCutoffMillis() > before) {
                readings.add(reading);
            }
        });
        try {
            System.gc();
            HeapReading reading = readings.poll(60, TimeUnit.SECONDS);
            assertThat(reading).as("a collection after %d ms", before).isNotNull();
            return reading;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            end.run();
        }
    }
}
