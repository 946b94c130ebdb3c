package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.testkit.ModelShrinker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rounds over three members. */
class ClusterReclaimerTest {

    private Members members;

    @BeforeEach
    void start() {
        members = Members.start(3);
    }

    @AfterEach
    void end() {
        members.end();
    }

    /** Passes free by the batch, so shares are those of whole batches. */
    @Test
    void targetIsSplitByWhatMembersHold() {
        List<ModelShrinker> caches = List.of(
                members.get(0).cache("/shop", 10_000),
                members.get(1).cache("/shop", 20_000),
                members.get(2).cache("/shop", 30_000));
        ClusterReport report = reclaim(ClusterRequest.of(in("/shop").objects(6_000)));
        assertThat(report.outcome()).isEqualTo(Outcome.MET);
        assertThat(report.cgroup()).isEqualTo(CgroupPath.of("/shop"));
        for (int i = 0; i < 3; i++) {
            ClusterReport.Member part = part(report, members.get(i));
            assertThat(part.outcome()).isEqualTo(MemberOutcome.DONE);
            assertThat(part.freeableObjects()).isEqualTo(10_000L * (i + 1));
            assertThat(part.askedObjects()).isBetween(1_000L * (i + 1) - 128, 1_000L * (i + 1) + 128);
            assertThat(part.freedObjects())
                    .isEqualTo(10_000L * (i + 1) - caches.get(i).objects())
                    .isGreaterThanOrEqualTo(part.askedObjects());
            assertThat(part.freedBytes()).isEqualTo(1024 * part.freedObjects());
        }
        assertThat(report.freedObjects())
                .isEqualTo(60_000
                        - caches.stream().mapToLong(ModelShrinker::objects).sum())
                .isBetween(6_000L, 6_000L + 3 * 2 * 128);
    }

    private ClusterReport reclaim(ClusterRequest request) {
        return Members.await(members.first(), members.first().cluster.reclaim(request));
    }

    private static ReclaimRequest in(String path) {
        return ReclaimRequest.in(path).within(Duration.ofSeconds(30));
    }

    private static ClusterReport.Member part(ClusterReport report, One member) {
        return report.members().stream()
                .filter(part -> part.member().equals(member.name()))
                .findFirst()
                .orElseThrow();
    }
}
