package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectionScopeTest {

    /** Beans as JDK 17 and 25 report them. Those of only one version are marked with it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    # Serial
                    Copy                              | end of minor GC           | Eden Space, Survivor Space                                | YOUNG
                    MarkSweepCompact                  | end of major GC           | Eden Space, Survivor Space, Tenured Gen                   | ALL
                    # Parallel
                    PS Scavenge                       | end of minor GC           | PS Eden Space, PS Survivor Space                          | YOUNG
                    PS MarkSweep                      | end of major GC           | PS Eden Space, PS Survivor Space, PS Old Gen              | ALL
                    # G1; the third bean is 25's
                    G1 Young Generation               | end of minor GC           | G1 Eden Space, G1 Survivor Space, G1 Old Gen              | SOME_OLD
                    G1 Old Generation                 | end of major GC           | G1 Eden Space, G1 Survivor Space, G1 Old Gen              | ALL
                    G1 Concurrent GC                  | end of concurrent GC pause | G1 Old Gen                                               | MARKING
                    # ZGC: 17, then 25
                    ZGC Cycles                        | end of GC cycle           | ZHeap                                                     | ALL
                    ZGC Pauses                        | end of GC pause           | ZHeap                                                     | NOTHING
                    ZGC Minor Cycles                  | end of GC cycle           | ZGC Young Generation, ZGC Old Generation                  | SOME_OLD
                    ZGC Minor Pauses                  | end of GC pause           | ZGC Young Generation, ZGC Old Generation                  | NOTHING
                    ZGC Major Cycles                  | end of GC cycle           | ZGC Young Generation, ZGC Old Generation                  | ALL
                    ZGC Major Pauses                  | end of GC pause           | ZGC Young Generation, ZGC Old Generation                  | NOTHING
                    # Shenandoah; the last one is generational, 25
                    Shenandoah Cycles                 | end of GC cycle           | Shenandoah                                                | ALL
                    Shenandoah Pauses                 | end of GC pause           | Shenandoah                                                | NOTHING
                    Shenandoah Pauses                 | Init Mark                 | Shenandoah                                                | NOTHING
                    Shenandoah Cycles                 | end of GC cycle           | Shenandoah Young Gen, Shenandoah Old Gen                  | SOME_OLD
                    """)
    void everyCollectionOfHotSpotIsKnown(String gcName, String action, String pools, CollectionScope scope) {
        assertThat(CollectionScope.of(gcName, action, List.of(pools.split(", "))))
                .isEqualTo(scope);
    }

    /** The last collection that a bean keeps has no action. */
    @ParameterizedTest
    @CsvSource({
        "G1 Young Generation, G1 Eden Space; G1 Survivor Space; G1 Old Gen, SOME_OLD",
        "G1 Old Generation, G1 Eden Space; G1 Survivor Space; G1 Old Gen, ALL",
        "PS Scavenge, PS Eden Space; PS Survivor Space, YOUNG",
        "PS MarkSweep, PS Eden Space; PS Survivor Space; PS Old Gen, ALL",
        "Copy, Eden Space; Survivor Space, YOUNG",
        "MarkSweepCompact, Eden Space; Survivor Space; Tenured Gen, ALL",
        "ZGC Cycles, ZHeap, ALL",
        "ZGC Minor Cycles, ZGC Young Generation; ZGC Old Generation, SOME_OLD",
        "ZGC Major Cycles, ZGC Young Generation; ZGC Old Generation, ALL",
        "Shenandoah Cycles, Shenandoah, ALL"
    })
    void beanWithoutAnActionIsKnown(String bean, String pools, CollectionScope scope) {
        assertThat(CollectionScope.of(bean, "", List.of(pools.split("; ")))).isEqualTo(scope);
    }

    @ParameterizedTest
    @CsvSource({
        "G1 Old Gen, true",
        "PS Old Gen, true",
        "Tenured Gen, true",
        "ZGC Old Generation, true",
        "Shenandoah Old Gen, true",
        "G1 Eden Space, false",
        "G1 Survivor Space, false",
        "PS Eden Space, false",
        "Survivor Space, false",
        "ZGC Young Generation, false",
        "Shenandoah Young Gen, false",
        "ZHeap, false",
        "Shenandoah, false"
    })
    void poolsOfTheOldGenerationAreKnown(String pool, boolean old) {
        assertThat(CollectionScope.isOld(pool)).isEqualTo(old);
    }

    /** The pools and beans of the collector that runs these tests are among those above. */
    @Test
    void beansOfThisJvmAreKnown() {
        List<String> heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getName)
                .toList();
        assertThat(heapPools).isNotEmpty();
        assertThat(heapPools.size() == 1
                        || heapPools.stream().filter(CollectionScope::isOld).count() == 1)
                .as("pools %s", heapPools)
                .isTrue();
        List<GarbageCollectorMXBean> beans = ManagementFactory.getGarbageCollectorMXBeans();
        assertThat(beans)
                .extracting(GarbageCollectorMXBean::getName)
                .isSubsetOf(
                        "Copy",
                        "MarkSweepCompact",
                        "PS Scavenge",
                        "PS MarkSweep",
                        "G1 Young Generation",
                        "G1 Old Generation",
                        "G1 Concurrent GC",
                        "ZGC Cycles",
                        "ZGC Pauses",
                        "ZGC Minor Cycles",
                        "ZGC Minor Pauses",
                        "ZGC Major Cycles",
                        "ZGC Major Pauses",
                        "Shenandoah Cycles",
                        "Shenandoah Pauses");
        assertThat(beans)
                .allSatisfy(bean ->
                        assertThat(Arrays.asList(bean.getMemoryPoolNames())).isSubsetOf(heapPools));
    }
}
