package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimReport.Outcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A round overshoots its target by less than one batch per thread. */
class TargetTest {

    private static final int BATCH = 10;

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 95", "1, 100", "2, 1", "2, 1000", "2, 12345"})
    void roundStopsWithinABatchAWorker(int workers, long target) {
        try (ReclaimerTestSystem kit =
                ReclaimerTestSystem.start("reclaimer.visit-dispatcher.fork-join-executor { parallelism-min = " + workers
                        + ", parallelism-max = " + workers + ", parallelism-factor = 100 }")) {
            ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode().batch(BATCH);
            ShrinkerHandle first = kit.register(spec, Scripted.endless(100_000));
            ShrinkerHandle second = kit.register(spec, Scripted.endless(100_000));
            for (int i = 0; i < 8; i++) {
                Cgroup cgroup = kit.online("/c" + i);
                first.setBit(cgroup, 0);
                second.setBit(cgroup, 0);
            }
            kit.settle();
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

    @Test
    void whatARoundDidNotScanBecauseItsTargetWasMetStaysOwed() {
        try (ReclaimerTestSystem kit = ReclaimerTestSystem.start("")) {
            Cgroup a = kit.online("/a");
            ShrinkerHandle pages =
                    kit.register(ShrinkerSpec.named("pages").byCgroup().batch(BATCH), Scripted.endless(1_000));
            pages.setBit(a, 0);
            kit.settle();
            kit.reclaim(ReclaimRequest.in("/a").startingAt(0).objects(25));
            assertThat(kit.state("/a", 0).deferred()).containsEntry(pages.id(), 2_000L - 30);
        }
    }
}
