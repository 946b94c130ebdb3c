package io.reclaimer.interleavings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Shows that exploring can fail: each fault is found within as many seeds as a build explores. {@code -Dreclaimer.faults=all} tries
 * all of them; a build leaves out those that take more than some hundred seeds.
 */
class SeededFaultsTest {

    private static final Set<SeededFault> SLOW = EnumSet.of(
            SeededFault.BIT_CLEARED_WITHOUT_A_SECOND_COUNT,
            SeededFault.BIT_NOT_SET_AGAIN_AFTER_A_LATE_ADD,
            SeededFault.ID_FREE_BEFORE_THE_VISITS_HAVE_ENDED,
            SeededFault.HOLD_LOOKED_AT_BEFORE_IT_IS_MARKED,
            SeededFault.DEFERRED_CARRIED_OVER_BEFORE_ALL_NODES_ARE_QUIET,
            SeededFault.DEFERRED_LOST_WITH_A_RESTING_PAIR,
            SeededFault.OBJECTS_MOVED_WHILE_A_VISIT_RUNS,
            SeededFault.ANSWERS_OVERWRITE_EACH_OTHER,
            SeededFault.ROUND_ANSWERED_TWICE,
            SeededFault.ROUND_WAITS_FOR_A_PAIR_THAT_STOPPED,
            SeededFault.TALLY_OF_ALL_THREADS_IN_ONE_CELL,
            SeededFault.FREE_DOES_NOT_WAIT_FOR_HOLDS,
            SeededFault.NR_MAX_SHRINKS_AFTER_A_FAILED_GROWTH,
            SeededFault.PAIR_MADE_DURING_A_GROWTH_WITH_THE_OLD_SIZE,
            SeededFault.FIRST_BIT_DOES_NOT_WAIT_FOR_A_PAIR_THAT_GOES_TO_REST);

    static Set<SeededFault> faults() {
        return "all".equals(System.getProperty("reclaimer.faults"))
                ? EnumSet.allOf(SeededFault.class)
                : EnumSet.complementOf(EnumSet.copyOf(SLOW));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void faultIsFound(SeededFault fault) {
        long start = System.nanoTime();
        try (Explorer explorer = new Explorer(fault.classes())) {
            OptionalLong failing = explorer.firstFailure(1, 1 + InterleavingsTest.SEEDS);
            System.out.println(fault + ": seed " + failing + ", " + (System.nanoTime() - start) / 1_000_000 + " ms");
            assertThat(failing)
                    .as("%s is not found within %d seeds", fault, InterleavingsTest.SEEDS)
                    .isPresent();
        }
    }

    /** A free that does not wait needs a shrinker, somebody who frees it, a round, and one change of who runs. */
    @Test
    void whatFailsIsMadeShort() {
        try (Explorer explorer = new Explorer(SeededFault.FREE_DOES_NOT_WAIT_FOR_HOLDS.classes())) {
            long seed = explorer.firstFailure(1, 1 + InterleavingsTest.SEEDS).orElseThrow();
            String report = Report.shortest(explorer, seed);
            System.out.println(report);
            assertThat(report)
                    .contains("-Dreclaimer.seed=" + seed, "is freed", "Register", "Free")
                    .doesNotContain("Offline");
            assertThat(report.lines()
                            .filter(line -> line.contains("stopped before"))
                            .count())
                    .isLessThanOrEqualTo(2);
        }
    }
}
