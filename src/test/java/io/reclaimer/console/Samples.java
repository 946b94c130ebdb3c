package io.reclaimer.console;

import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.MemberPressure;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.PressureState;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.testkit.FakeHeapStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Known values that several tests of the console print. */
public final class Samples {

    static final long MEGABYTE = 1 << 20;

    private Samples() {}

    /** Of 200 MB 140 MB are live, at most 180 MB were. Rounds freed 34,567 objects of 90 MB. */
    public static HeapStatus heap(PressureState state, long rounds) {
        return new FakeHeapStatus(
                state,
                200 * MEGABYTE,
                150 * MEGABYTE,
                140 * MEGABYTE,
                3 * MEGABYTE,
                180 * MEGABYTE,
                70,
                rounds,
                Math.min(rounds, 2),
                34_567,
                90 * MEGABYTE,
                0,
                0);
    }

    /** A round for the surging tenant: one member freed 1,500 objects, the other one is unreachable. */
    public static ClusterReport surge() {
        return new ClusterReport(
                CgroupPath.of("/shop/orm"),
                ClusterReport.Outcome.TARGET_MISSED,
                1_500,
                0,
                Duration.ofNanos(3_500_000),
                List.of(
                        member("10.0.0.1:1", MemberOutcome.DONE, 1_500),
                        member("10.0.0.2:1", MemberOutcome.UNREACHABLE, 0)));
    }

    private static ClusterReport.Member member(String name, MemberOutcome outcome, long freed) {
        return new ClusterReport.Member(
                name,
                outcome,
                Optional.of(MemberPressure.NONE),
                5_000,
                2_000,
                freed,
                0,
                Duration.ZERO,
                Optional.empty(),
                false);
    }
}
