package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimReport.Outcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A round overshoots its target by less than one batch per thread. */
class TargetTest {

    private static final int BATCH = 10;

    @ParameterizedTest
    @CsvSource({"1, 1 95 100", "2, 1 1000 12345"})
    void roundStopsWithinABatchAWorker(int workers, String targets) {
        try (ReclaimerTestSystem kit =
                ReclaimerTestSystem.start("reclaimer.visit-dispatcher.fork-join-executor { parallelism-min = " + workers
                        + ", parallelism-max = " + workers + ", parallelism-factor = 100 }")) {
            ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode().batch(BATCH);
            List<String> cgroups = IntStream.range(0, 8).mapToObj(i -> "/c" + i).toList();
            Bits.setIn(kit, cgroups, kit.register(spec, Scripted.endless(100_000)));
            Bits.setIn(kit, cgroups, kit.register(spec, Scripted.endless(100_000)));
            for (String each : targets.split(" ")) {
                long target = Long.parseLong(each);
                for (int i = 0; i < 20; i++) {
                    ReclaimReport report =
                            kit.reclaim(ReclaimRequest.everywhere().startingAt(0).objects(target));
                    assertThat(report.outcome()).isEqualTo(Outcome.MET);
                    assertThat(report.freedObjects())
                            .isGreaterThanOrEqualTo(target)
                            .isLessThan(target + (long) workers * BATCH);
                }
            }
        }
    }

    @Test
    void whatARoundDidNotScanBecauseItsTargetWasMetStaysOwed() {
        try (ReclaimerTestSystem kit = ReclaimerTestSystem.start("")) {
            ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().batch(BATCH);
            ShrinkerHandle pages = Bits.setIn(kit, "/a", kit.register(spec, Scripted.endless(1_000)));
            kit.reclaim(ReclaimRequest.in("/a").startingAt(0).objects(25));
            assertThat(kit.state("/a", 0).deferred()).containsEntry(pages.id(), 2_000L - 30);
        }
    }
}
