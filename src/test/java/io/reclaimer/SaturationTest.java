package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sums of replies of shrinkers stop at the largest number. None wraps around, whatever the replies are. */
class SaturationTest {

    private static final long MOST = Long.MAX_VALUE;

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create();

    /** Three cgroups, so that a sum that wraps around twice does not look right by chance. */
    private static final int CGROUPS = 3;

    @ParameterizedTest
    @EnumSource
    void everySumOfAReportStops(Kind kind) {
        ShrinkerHandle handle = kind.register(
                kit,
                ShrinkerSpec.named("vast").byCgroup().batch(MOST).objectBytes(MOST),
                new Scripted(control -> MOST, control -> control.nrToScan()));
        Bits.setIn(kit, List.of("/c0", "/c1", "/c2"), handle);
        CountReport counted = kit.await(kit.reclaimer().count(ReclaimRequest.everywhere()));
        assertThat(counted.freeableObjects()).isEqualTo(MOST);
        assertThat(counted.freeableBytes()).isEqualTo(MOST);
        assertThat(counted.plannedObjects()).allMatch(planned -> planned >= 0);
        assertThat(counted.largest()).hasSize(CGROUPS + 1).allMatch(entry -> entry.objects() == MOST);
        assertThat(counted.unlistedObjects()).isZero();

        ReclaimReport report = kit.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(report.freedObjects()).isEqualTo(MOST);
        assertThat(report.freedBytes()).isEqualTo(MOST);
        assertThat(report.scannedObjects()).isEqualTo(MOST);
        assertThat(report.largest()).isNotEmpty().allMatch(freed -> freed.objects() == MOST);
        assertThat(report.unlistedObjects()).isZero();
        assertThat(handle.state().faults()).isZero();
        assertThat(handle.state().reclaimedObjects()).isEqualTo(MOST);
        ReclaimerState state = kit.state();
        assertThat(state.scannedObjects()).isEqualTo(MOST);
        assertThat(state.cgroups())
                .flatExtracting(cgroup -> cgroup.deferred().values())
                .allMatch(owed -> (long) owed >= 0);
    }

    @Test
    void deferredCountsOfADepartureStopAtTheParent() {
        ShrinkerHandle handle = kit.register(
                ShrinkerSpec.named("vast").byCgroup(), new Scripted(control -> MOST, control -> Shrinker.STOP));
        kit.online("/p");
        for (int i = 0; i < CGROUPS; i++) {
            handle.setBit(kit.online("/p/c" + i), 0);
        }
        kit.reclaim(ReclaimRequest.in("/p").startingAt(0));
        for (int i = 0; i < CGROUPS; i++) {
            kit.offline("/p/c" + i);
        }
        assertThat(kit.state("/p", 0).deferred()).containsEntry(handle.id(), MOST);
    }

    @Test
    void refaultsStop() {
        ShrinkerHandle handle = kit.register(ShrinkerSpec.named("s"), Scripted.endless(1));
        for (int i = 0; i < CGROUPS; i++) {
            handle.recordRefaults(MOST);
        }
        assertThat(handle.state().refaultedObjects()).isEqualTo(MOST);
        assertThat(handle.state().refaultRate()).isBetween(0.0, 1.0);
    }
}
