package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.SimulatedMember.Health;
import java.time.Duration;
import java.util.stream.LongStream;

/** Assertions about simulated rounds. */
final class RoundPromises {

    private RoundPromises() {}

    /** The promises that hold for every round. */
    static void check(SimulatedResult result) {
        String name = result.setup().toString();
        assertThat(result.reports()).as(name).hasSize(1);
        ClusterReport report = result.report();
        assertThat(report.elapsed()).as(name).isLessThanOrEqualTo(SimulatedCluster.WITHIN);
        assertThat(report.members()).as(name).hasSize(result.setup().members());
        long sum = 0;
        for (int i = 0; i < report.members().size(); i++) {
            ClusterReport.Member member = report.members().get(i);
            sum += member.freedObjects();
            boolean isAnswered = member.outcome() == MemberOutcome.DONE || member.outcome() == MemberOutcome.SHORT;
            assertThat(member.freedObjects()).as(name).isLessThanOrEqualTo(result.freedObjects()[i]);
            if (isAnswered) {
                assertThat(member.freedObjects()).as(name).isEqualTo(result.freedObjects()[i]);
            }
        }
        assertThat(report.freedObjects()).as(name).isEqualTo(sum);
        long target = result.setup().target();
        long offered = report.members().stream()
                .mapToLong(ClusterReport.Member::freeableObjects)
                .sum();
        assertThat(LongStream.of(result.firstParts()).sum()).as(name).isEqualTo(Math.min(target, offered));
        if (report.outcome() == Outcome.MET) {
            assertThat(report.freedObjects()).as(name).isGreaterThanOrEqualTo(target);
            long allocations = result.setup().unwell() == Health.FREEZES_WITH_ITS_PART ? 2 : 1;
            assertThat(report.freedObjects() - target)
                    .as(name)
                    .isLessThan(allocations * SimulatedTenants.BATCH * result.parts());
        }
    }

    /** The promises that hold if one member in a hundred does not answer. */
    static void checkFaults(SimulatedResult result, boolean canBeMet) {
        boolean isKnown = result.setup().unwell() == Health.UNREACHABLE;
        MemberOutcome said = isKnown ? MemberOutcome.UNREACHABLE : MemberOutcome.DEADLINE;
        assertThat(result.withoutAnswer())
                .as(result.setup().toString())
                .hasSize(result.setup().members() / 100)
                .allSatisfy(member -> assertThat(member.outcome()).isEqualTo(said));
        Outcome outcome = canBeMet ? Outcome.MET : isKnown ? Outcome.SHORT : Outcome.DEADLINE;
        assertThat(result.report().outcome()).as(result.setup().toString()).isEqualTo(outcome);
        long within = SimulatedCluster.WITHIN.toNanos();
        long least =
                isKnown ? 0 : !canBeMet ? within : result.setup().unwell() == Health.FROZEN ? within / 4 : within / 2;
        long most = isKnown ? 0 : canBeMet ? least : within;
        assertThat(result.elapsedNanos())
                .as(result.setup().toString())
                .isBetween(least, Math.min(within, most + Duration.ofMillis(300).toNanos()));
    }
}
