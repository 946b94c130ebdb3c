package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.cluster.Participants.Allocation;
import io.reclaimer.testkit.Seeded;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The arithmetic by which a target is allocated to members. */
class AllocationTest {

    /** The highest priority at which the passes of all free enough. */
    @Test
    void allocatesByWhatEachWouldFreeAtThePriorityThatIsEnough() {
        List<List<Long>> planned = List.of(planned(0, 0, 1_000, 2_000), planned(0, 512, 1_024, 4_000));
        assertThat(Allocation.of(500, planned, new long[] {9_000, 9_000}, 12, 0, 0))
                .containsExactly(0, 500);
        assertThat(Allocation.of(1_000, planned, new long[] {9_000, 9_000}, 12, 0, 0))
                .containsExactly(494, 506);
    }

    @Test
    void startsAtTheFirstPriorityAndEndsAtTheLast() {
        List<List<Long>> planned = List.of(planned(0, 1_000, 8_000), planned(0, 3_000, 1_000));
        long[] left = {10_000, 10_000};
        assertThat(Allocation.of(1_000, planned, left, 1, 0, 0)).containsExactly(250, 750);
        // The last priority limits the planned objects; the missing rest is divided over what remains.
        assertThat(Allocation.of(16_000, planned, left, 12, 1, 0)).containsExactly(7_750, 8_250);
    }

    @Test
    void whereAllIsNotEnoughAllIsAskedFor() {
        List<List<Long>> planned = List.of(planned(10), planned(500));
        assertThat(Allocation.of(Long.MAX_VALUE, planned, new long[] {10, 700}, 12, 0, 0))
                .containsExactly(10, 700);
    }

    /** A thousand parts of one object each would free a thousand batches. */
    @Test
    void smallPartsAreGatheredIntoBatches() {
        List<List<Long>> planned = Collections.nCopies(1_000, planned(1_000));
        long[] left = new long[1_000];
        Arrays.fill(left, 1_000);
        long[] parts = Allocation.of(1_000, planned, left, 12, 0, 17);
        assertThat(Arrays.stream(parts).filter(part -> part > 0)).hasSize(7);
        assertThat(Arrays.stream(parts).filter(part -> part > 0)).allMatch(part -> part >= 128);
        assertThat(Arrays.stream(parts).sum()).isEqualTo(1_000);
        assertThat(Allocation.of(1_000, planned, left, 12, 0, 18)).isNotEqualTo(parts);
    }

    @Test
    void oneWithLessThanABatchGivesAllOfIt() {
        List<List<Long>> planned = Collections.nCopies(4, planned(50));
        assertThat(Allocation.of(120, planned, new long[] {50, 50, 50, 50}, 12, 0, 0))
                .containsExactly(20, 50, 0, 50);
    }

    @Test
    void nobodyGetsNothing() {
        assertThat(Allocation.of(5, List.of(), new long[0], 12, 0, 3)).isEmpty();
        assertThat(Allocation.of(5, List.of(planned()), new long[1], 12, 0, 3)).containsExactly(0);
    }

    /** For any offers, each part is within what its member has, and the sum is the target where that is enough. */
    @Test
    void sumIsTheTargetWhateverMembersSay() {
        Seeded random = Seeded.create();
        for (int run = 0; run < 20_000; run++) {
            int members = 1 + random.nextInt(run % 100 == 0 ? 200 : 6);
            List<List<Long>> planned = new ArrayList<>();
            long[] left = new long[members];
            BigInteger all = BigInteger.ZERO;
            for (int i = 0; i < members; i++) {
                List<Long> numbers = new ArrayList<>();
                for (int priority = 0; priority <= 12; priority++) {
                    numbers.add(random.nextInt(4) == 0 ? 0 : random.objects());
                }
                planned.add(numbers);
                left[i] = random.nextInt(4) == 0 ? 0 : Math.min(Allocation.MAX_OBJECTS, random.objects());
                all = all.add(BigInteger.valueOf(left[i]));
            }
            long target = Math.max(1, random.objects());
            int last = random.nextInt(2);
            int first = last + random.nextInt(13 - last);
            long[] parts = Allocation.of(target, planned, left, first, last, random.nextLong());
            BigInteger sum = BigInteger.ZERO;
            for (int i = 0; i < members; i++) {
                assertThat(parts[i]).as("%s", random).isBetween(0L, left[i]);
                sum = sum.add(BigInteger.valueOf(parts[i]));
            }
            assertThat(sum).as("%s %s of %s", random, target, all).isEqualTo(all.min(BigInteger.valueOf(target)));
        }
    }

    @Test
    void partsAreNeverFartherThanOneFromTheirShare() {
        assertThat(Allocation.proportional(10, new long[] {1, 1, 1})).containsExactly(1, 1, 1);
        assertThat(Allocation.proportional(2, new long[] {1, 1, 1})).containsExactly(0, 1, 1);
        assertThat(Allocation.proportional(7, new long[] {10, 20, 70})).containsExactly(0, 2, 5);
        Seeded random = Seeded.create();
        for (int run = 0; run < 2_000; run++) {
            long[] weights = random.longs(1 + random.nextInt(50), 0, 1L << random.nextInt(46))
                    .toArray();
            long sum = Arrays.stream(weights).sum();
            long total = Math.floorMod(random.nextLong(), sum + 1);
            long[] parts = Allocation.proportional(total, weights);
            assertThat(Arrays.stream(parts).sum()).as("%s", random).isEqualTo(total);
            for (int i = 0; i < parts.length; i++) {
                BigInteger share = BigInteger.valueOf(total).multiply(BigInteger.valueOf(weights[i]));
                BigInteger off = BigInteger.valueOf(parts[i])
                        .multiply(BigInteger.valueOf(Math.max(1, sum)))
                        .subtract(share);
                assertThat(off.abs()).as("%s", random).isLessThanOrEqualTo(BigInteger.valueOf(Math.max(1, sum)));
                assertThat(parts[i]).as("%s", random).isBetween(0L, weights[i]);
            }
        }
    }

    /** Products that overflow a long. */
    @Test
    void proportionsAreExactForTheLargestNumbers() {
        long most = Allocation.MAX_OBJECTS;
        assertThat(Allocation.proportional(most, new long[] {most, most, most, most}))
                .containsExactly(most / 4, most / 4, most / 4, most / 4);
        assertThat(Allocation.proportional(most + 1, new long[] {most, most})).containsExactly(most / 2, most / 2 + 1);
    }

    /** The planned objects by priority; the arguments are those of the lowest priorities, the last one of priority 0. */
    private static List<Long> planned(long... lowest) {
        List<Long> all = new ArrayList<>();
        for (int i = lowest.length - 1; i >= 0; i--) {
            all.add(lowest[i]);
        }
        while (all.size() <= 12) {
            all.add(0L);
        }
        return all;
    }
}
