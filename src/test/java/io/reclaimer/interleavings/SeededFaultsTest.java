package io.reclaimer.interleavings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Shows that exploring can fail: each fault is found within {@value #SEEDS} seeds, the rarest within {@value
 * #SEEDS_OF_THE_RAREST}, or by the test that it names. A nightly build tries all faults. Each build tries one, and checks
 * the report of it.
 */
class SeededFaultsTest {

    private static final long SEEDS = 10_000;

    /** Failing seeds of which one has to be shrunk to {@value #FEW_STOPS} changes of thread. */
    private static final int FAILING_SEEDS = 12;

    private static final long FEW_STOPS = 3;

    /** For faults that show with the rarest orders only. */
    private static final long SEEDS_OF_THE_RAREST = 60_000;

    private static final Set<SeededFault> RAREST = EnumSet.of(
            SeededFault.BIT_CLEARED_WITHOUT_THE_LOCK_OF_THE_UNIT,
            SeededFault.BIT_NOT_SET_AGAIN_AFTER_A_LATE_ADD,
            SeededFault.UNIT_MADE_WITHOUT_A_LOCK);

    /** Passes take acknowledgements under their lock, where no thread is stopped; the play of acknowledgements has none. */
    private static final Set<SeededFault> OF_ACKNOWLEDGEMENTS = EnumSet.of(
            SeededFault.ACKNOWLEDGEMENT_THAT_WAKES_NOBODY,
            SeededFault.ACKNOWLEDGEMENT_LOST_WHERE_ANOTHER_COMES_FIRST,
            SeededFault.ACKNOWLEDGEMENTS_COUNTED_IN_TWO_STEPS);

    static Set<SeededFault> faults() {
        EnumSet<SeededFault> faults = EnumSet.allOf(SeededFault.class);
        faults.removeIf(fault -> !fault.isFoundByInterleavings());
        return faults;
    }

    static Set<SeededFault> faultsWithASpec() {
        EnumSet<SeededFault> faults = EnumSet.allOf(SeededFault.class);
        faults.removeIf(SeededFault::isFoundByInterleavings);
        return faults;
    }

    @ParameterizedTest
    @Tag("nightly")
    @MethodSource("faultsWithASpec")
    void faultIsFoundByItsSpec(SeededFault fault) throws Exception {
        assertThat(fault.thrownBySpec()).as("%s is not found", fault).isInstanceOf(AssertionError.class);
    }

    @ParameterizedTest
    @Tag("nightly")
    @MethodSource("faults")
    void faultIsFound(SeededFault fault) {
        long start = System.nanoTime();
        long seeds = RAREST.contains(fault) ? SEEDS_OF_THE_RAREST : SEEDS;
        String play = OF_ACKNOWLEDGEMENTS.contains(fault) ? "AcknowledgementPlay" : "ScenarioPlay";
        try (Explorer explorer = new Explorer(fault.classes(), play)) {
            OptionalLong failing = explorer.firstFailure(1, 1 + seeds);
            System.out.println(fault + ": seed " + failing + ", " + (System.nanoTime() - start) / 1_000_000 + " ms");
            assertThat(failing)
                    .as("%s is not found within %d seeds", fault, seeds)
                    .isPresent();
        }
    }

    /** A free that does not wait shows with one shrinker, its free, one round and one change of thread. */
    @Test
    void failingSeedIsShrunk() {
        try (Explorer explorer = new Explorer(SeededFault.FREE_DOES_NOT_WAIT_FOR_HOLDS.classes())) {
            long seed = 0;
            String report;
            int tried = 0;
            do {
                // The trace is longer where calls take long, where the freed shrinker is being reparented, and where
                // removing
                // any one part of it hides the failure.
                do {
                    seed = explorer.firstFailure(seed + 1, SEEDS).orElseThrow();
                } while (Scenario.ofSeed(seed).takesTime());
                report = Report.shortest(explorer, seed);
            } while (++tried < FAILING_SEEDS
                    && (report.contains("while it was being reparented") || stops(report) > FEW_STOPS));
            System.out.println(report);
            assertThat(report)
                    .contains("-Dreclaimer.seed=" + seed, "is freed", "Register", "Free")
                    .doesNotContain("Offline");
            assertThat(stops(report)).isLessThanOrEqualTo(FEW_STOPS);
        }
    }

    private static long stops(String report) {
        return report.lines().filter(line -> line.contains("stopped before")).count();
    }
}
