package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerObjects;
import io.reclaimer.testkit.Threads;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreedTableTest {

    private final FreedTable table = new FreedTable(32);
    private final CgroupHandle a = Parts.cgroup("/a");
    private final CgroupHandle b = Parts.cgroup("/b");
    private final ShrinkerEntry first = Parts.entry(0, 1);
    private final ShrinkerEntry second = Parts.entry(1, 2);

    @Test
    void sumsByCgroupAndShrinkerTheLargestFirst() {
        add(a, first, 1);
        add(b, first, 5);
        add(a, second, 3);
        add(a, first, 10);
        assertThat(table.largest(3))
                .containsExactly(
                        new ShrinkerObjects(CgroupPath.of("/a"), "s1", 11),
                        new ShrinkerObjects(CgroupPath.of("/b"), "s1", 5),
                        new ShrinkerObjects(CgroupPath.of("/a"), "s2", 3));
        assertThat(table.largest(1)).containsExactly(new ShrinkerObjects(CgroupPath.of("/a"), "s1", 11));
        assertThat(table.largest(0)).isEmpty();
    }

    @Test
    void equalOnesAreInOrderOfCgroupAndAllocation() {
        add(b, first, 5);
        add(a, second, 5);
        add(a, first, 5);
        assertThat(table.largest(9))
                .extracting(freed -> freed.cgroup() + " " + freed.shrinker())
                .containsExactly("/a s1", "/a s2", "/b s1");
    }

    @Test
    void shrinkersOfOneNameAreNotMixed() {
        ShrinkerEntry twin = Parts.entry(2, 1);
        add(a, first, 5);
        add(a, twin, 6);
        assertThat(table.largest(9)).extracting(ShrinkerObjects::objects).containsExactly(6L, 5L);
    }

    @Test
    void sumsSaturate() {
        add(a, first, Long.MAX_VALUE);
        add(a, first, Long.MAX_VALUE);
        assertThat(table.largest(1)).extracting(ShrinkerObjects::objects).containsExactly(Long.MAX_VALUE);
    }

    /** The largest entries come last, when the table has long been full. */
    @Test
    void keepsTheLargestOfABoundedNumber() {
        int cgroups = 8 * table.capacity();
        for (int i = 1; i <= cgroups; i++) {
            add(Parts.cgroup("/c" + i), first, i);
        }
        List<ShrinkerObjects> largest = table.largest(Integer.MAX_VALUE);
        assertThat(largest).hasSizeBetween(table.capacity() / 2, table.capacity());
        for (int i = 0; i < table.capacity() / 2; i++) {
            assertThat(largest.get(i).objects()).isEqualTo(cgroups - i);
        }
    }

    /** The listed entries never exceed what was freed, however often the table was full. */
    @Test
    void listsNothingThatWasNotFreed() {
        long sum = 0;
        for (int i = 0; i < 4 * table.capacity(); i++) {
            add(Parts.cgroup("/c" + i), first, i % 7 + 1);
            sum += i % 7 + 1;
        }
        assertThat(table.largest(Integer.MAX_VALUE).stream()
                        .mapToLong(ShrinkerObjects::objects)
                        .sum())
                .isPositive()
                .isLessThanOrEqualTo(sum);
    }

    @Test
    void takesAndKeepsNothingWhenItIsClosed() {
        add(a, first, 5);
        table.close();
        add(a, first, 7);
        assertThat(table.largest(9)).isEmpty();
        assertThat(table.takes(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void holdsMoreThanAreListed() {
        assertThat(new FreedTable(1024).capacity()).isGreaterThan(1024);
    }

    /** An iteration hands in several entries; one that is too small for the table does not hold up the others. */
    @Test
    void takesTheLargeOnesOfAWalkWhereverTheyStand() {
        for (int i = 1; i <= 2 * table.capacity(); i++) {
            add(Parts.cgroup("/c" + i), first, 10);
        }
        table.add(a, new ShrinkerEntry[] {first, second, first}, new long[] {1, 1_000, 2_000}, 2);
        assertThat(table.largest(2)).extracting(ShrinkerObjects::objects).containsExactly(1_000L, 10L);
    }

    private void add(CgroupHandle cgroup, ShrinkerEntry shrinker, long objects) {
        table.add(cgroup, new ShrinkerEntry[] {shrinker}, new long[] {objects}, 1);
    }

    @Test
    void manyThreadsLoseNothing() throws Exception {
        Runnable adder = () -> {
            for (int i = 0; i < 10_000; i++) {
                add(i % 2 == 0 ? a : b, first, 1);
            }
        };
        Threads.run(adder, adder, adder);
        assertThat(table.largest(2)).extracting(ShrinkerObjects::objects).isEqualTo(List.of(15_000L, 15_000L));
    }
}
