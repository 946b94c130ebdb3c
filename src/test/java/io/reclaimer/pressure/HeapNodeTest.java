package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The nodes of rounds for heap. Uses this JVM's own heap, and watermarks by which too little of it is always free. */
class HeapNodeTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    heap, direct      | 0
                    heap, old, direct | 0
                    """)
    void whereThereIsANodeHeapOnlyThatOneIsAsked(String nodes, int heap) {
        assertThat(nodesAsked(nodes)).containsExactly(heap);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = "memory, direct")
    void whereThereIsNoneAllAre(String nodes) {
        assertThat(nodesAsked(nodes)).containsExactlyInAnyOrder(0, 1);
    }

    private static Set<Integer> nodesAsked(String nodes) {
        ReclaimerTestSystem kit = ReclaimerTestSystem.start("""
                        reclaimer.nodes = [%s]
                        reclaimer.pressure.heap.watermarks { min = 0.0000001, low = 0.9999998, high = 0.9999999 }
                        """.formatted(nodes));
        try {
            Set<Integer> asked = ConcurrentHashMap.newKeySet();
            kit.register(
                    ShrinkerSpec.named("pages").byNode(),
                    new Scripted(
                            control -> {
                                asked.add(control.node());
                                return 1;
                            },
                            ShrinkControl::nrToScan));
            Pressure pressure = Pressure.get(kit.system());
            Threads.until(() -> {
                // A collection that ends before the heap is watched is not reported.
                if (asked.isEmpty()) {
                    System.gc();
                }
                return pressure.heapStatus().rounds() > 0;
            });
            return asked;
        } finally {
            kit.stop();
        }
    }
}
