package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Answers;
import io.reclaimer.cluster.ClusterMessage.Bundle;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.testkit.TableShrinker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Rounds by way of heads over real members, which take as many members as heads are for where that is set low. */
class ClusterTreeTest {

    private static final int MEMBERS = 5;

    /** Each goes by way of a head where it may. */
    private static final int MOST_DIRECT = 1;

    @Test
    void roundByWayOfHeadsFreesAndSaysTheSameAsADirectOne() {
        Watched watched = new Watched(Optional::of);
        // On a busy machine a count may take long; one that is late says that it has nothing.
        Members members = Members.start(MEMBERS, "reclaimer.late-after = 10 s", watched, MOST_DIRECT);
        List<TableShrinker> caches = caches(members);
        ClusterReport report = reclaim(members, 0, 50_000);
        assertThat(report.outcome()).isEqualTo(Outcome.MET);
        assertThat(report.members()).hasSize(MEMBERS).allSatisfy(member -> {
            assertThat(member.outcome()).isEqualTo(MemberOutcome.DONE);
            assertThat(member.askedObjects()).isEqualTo(10_000);
        });
        assertThat(report.freedObjects()).isEqualTo(MEMBERS * 100_000 - left(caches));
        assertThat(watched.seen).hasAtLeastOneElementOfType(Bundle.class).hasAtLeastOneElementOfType(Answers.class);
        members.end();
    }

    /** As a member does that is of a version before heads. Nobody waits for it for long, and nothing is done twice. */
    @Test
    void whereHeadsKnowNothingOfBundlesMembersAreAskedDirectly() {
        Watched watched = new Watched(message -> Optional.of(message).filter(one -> !(one instanceof Bundle)));
        Members members = Members.start(MEMBERS, "reclaimer.cluster.resend-after = 1 m", watched, MOST_DIRECT);
        List<TableShrinker> caches = caches(members);
        ClusterReport report = reclaim(members, 0, 50_000);
        assertThat(report.outcome()).isEqualTo(Outcome.MET);
        assertThat(report.members()).allMatch(member -> member.outcome() == MemberOutcome.DONE);
        assertThat(report.freedObjects()).isEqualTo(MEMBERS * 100_000 - left(caches));
        assertThat(watched.seen).hasAtLeastOneElementOfType(Bundle.class).doesNotHaveAnyElementsOfTypes(Answers.class);
        members.end();
    }

    /** Their rounds' heads are members of each other's rounds, all at a time. */
    @Test
    void roundsOfAllMembersByWayOfEachOtherAreKeptApart() {
        Members members = Members.start(MEMBERS, "", new Watched(Optional::of), MOST_DIRECT);
        List<TableShrinker> caches = caches(members);
        List<CompletionStage<ClusterReport>> rounds = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            rounds.add(members.get(i % MEMBERS).cluster.reclaim(request(1_000)));
        }
        long freed = 0;
        for (CompletionStage<ClusterReport> round : rounds) {
            ClusterReport report = Members.await(members.first(), round);
            assertThat(report.outcome()).isEqualTo(Outcome.MET);
            freed += report.freedObjects();
        }
        assertThat(freed).isEqualTo(MEMBERS * 100_000 - left(caches));
        members.end();
    }

    private static ClusterReport reclaim(Members members, int requester, long objects) {
        return Members.await(members.first(), members.get(requester).cluster.reclaim(request(objects)));
    }

    private static ReclaimRequest request(long objects) {
        return ReclaimRequest.in("/shop").objects(objects).within(Duration.ofMinutes(1));
    }

    private static List<TableShrinker> caches(Members members) {
        return members.all().stream().map(one -> one.cache("/shop", 100_000)).toList();
    }

    private static long left(List<TableShrinker> caches) {
        return caches.stream().mapToLong(TableShrinker::objects).sum();
    }
}
