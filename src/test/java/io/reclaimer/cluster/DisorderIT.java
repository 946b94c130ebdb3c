package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.TableShrinker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rounds whose messages are duplicated, late, reordered or lost. */
class DisorderIT {

    private static final int ROUNDS = 30;

    /** Nothing is done twice, and lost messages are sent again, so each report is exact. */
    @ParameterizedTest
    @ValueSource(ints = {0, 10})
    void duplicatedDelayedReorderedAndLostMessagesCountOnce(int lost) {
        Seeded random = Seeded.create();
        Members members = Members.start(3, "reclaimer.cluster.resend-after = 100 ms", new Disorder(random, lost));
        List<TableShrinker> caches = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            caches.add(members.get(i).cache("/shop", 100_000));
        }
        List<CompletionStage<ClusterReport>> rounds = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            rounds.add(members.get(i % 3)
                    .cluster
                    .reclaim(ReclaimRequest.in("/shop").objects(1_000).within(Duration.ofMinutes(1))));
        }
        long freed = 0;
        for (CompletionStage<ClusterReport> round : rounds) {
            ClusterReport report = Members.await(members.first(), round);
            assertThat(report.outcome()).as("%s", random).isEqualTo(Outcome.MET);
            assertThat(report.members())
                    .extracting(ClusterReport.Member::outcome)
                    .as("%s %s", random, report)
                    .containsOnly(MemberOutcome.DONE);
            freed += report.freedObjects();
        }
        assertThat(freed)
                .as("%s", random)
                .isEqualTo(300_000
                        - caches.stream().mapToLong(TableShrinker::objects).sum());
        members.end();
    }
}
