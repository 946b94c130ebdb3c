package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.cluster.typed.Cluster;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two members here and one in a JVM of its own, which is killed or frozen. */
class ClusterKillIT {

    private static final long OBJECTS = 60_000;

    private Members members;
    private One first;
    private TableShrinker cache;
    private ForkedMember victim;
    private String victimName;

    @BeforeEach
    void start() throws IOException {
        members = Members.start(2, "akka.cluster.split-brain-resolver.stable-after = 3 s", behavior -> behavior);
        first = members.first();
        cache = members.get(1).cache("/shop", OBJECTS);
        victim = ForkedMember.start(
                Cluster.get(first.kit.system()).selfMember().address().toString(), "/shop", OBJECTS);
        victimName = victim.name();
        Threads.until(() -> first.state().present().contains(victimName), first::state);
    }

    @AfterEach
    void end() {
        // In this order: members do not leave while one is unreachable.
        try {
            members.end();
        } finally {
            victim.kill();
        }
    }

    /** SIGKILL in the middle of its part: the others do the rest, long before the cluster has removed it. */
    @Test
    void partOfAMemberThatIsKilledGoesToTheOthers() {
        CompletionStage<ClusterReport> round = first.cluster.reclaim(request(40_000, Duration.ofSeconds(60)));
        Threads.until(() -> victim.scans() >= 5);
        victim.kill();
        ClusterReport report = Members.await(first, round);
        assertThat(report.outcome()).isEqualTo(Outcome.MET);
        ClusterReport.Member part = part(report);
        assertThat(part.outcome()).isIn(MemberOutcome.UNREACHABLE, MemberOutcome.LEFT);
        assertThat(part.askedObjects()).isPositive();
        assertThat(part.freedObjects()).isZero();
        assertThat(report.freedObjects()).isEqualTo(OBJECTS - cache.objects()).isGreaterThanOrEqualTo(40_000);
        viewForgetsTheVictim();
    }

    /** SIGSTOP before the round, beyond its deadline: what it finds when it wakes up is too late. */
    @Test
    void memberThatIsFrozenFreesNothingWhenItWakesUp() throws Exception {
        victim.freeze();
        ClusterReport report = Members.await(first, first.cluster.reclaim(request(20_000, Duration.ofSeconds(2))));
        assertThat(report.outcome()).isEqualTo(Outcome.MET);
        assertThat(part(report).outcome()).isIn(MemberOutcome.DEADLINE, MemberOutcome.UNREACHABLE);
        assertThat(report.freedObjects()).isEqualTo(OBJECTS - cache.objects());
        victim.wake();
        victimIsPartOfTheNextRound();
        assertThat(victim.left(OBJECTS)).as("freed for that round only").isGreaterThan(OBJECTS - 3_000);
    }

    /** SIGSTOP in the middle of its part: it answers by the deadline, without what the frozen one did. */
    @Test
    void memberThatIsFrozenInTheMiddleOfItsPartEndsItWhenItWakesUp() throws Exception {
        CompletionStage<ClusterReport> round = first.cluster.reclaim(request(40_000, Duration.ofSeconds(10)));
        Threads.until(() -> victim.scans() >= 5);
        victim.freeze();
        long scans = victim.scans();
        ClusterReport report = Members.await(first, round);
        assertThat(report.outcome()).isEqualTo(Outcome.MET);
        ClusterReport.Member part = part(report);
        assertThat(part.outcome()).isIn(MemberOutcome.DEADLINE, MemberOutcome.UNREACHABLE);
        assertThat(report.freedObjects() - part.freedObjects()).isEqualTo(OBJECTS - cache.objects());
        victim.wake();
        victimIsPartOfTheNextRound();
        // The calls under way when it was frozen come to their end, and those of the round that followed.
        assertThat(victim.scans() - scans).isLessThan(20);
        assertThat(OBJECTS - victim.left(OBJECTS)).isLessThan(part.askedObjects());
    }

    /** Awake it is as before: nothing is left of the round that went by. */
    private void victimIsPartOfTheNextRound() {
        ClusterReport next = roundThatReachesTheVictim();
        assertThat(next.outcome()).as("%s", next).isEqualTo(Outcome.MET);
        assertThat(part(next).freedObjects()).isBetween(500L, 500L + 4 * 128);
        Threads.until(() -> first.cluster.table().rows().size() == 3, first.cluster::table);
    }

    /** Just awake, the victim may be unreachable once more: another round is begun then. */
    private ClusterReport roundThatReachesTheVictim() {
        ClusterRequest request =
                ClusterRequest.of(request(500, Duration.ofSeconds(60))).onMembers(victimName);
        AtomicReference<ClusterReport> last = new AtomicReference<>();
        Threads.until(
                () -> {
                    last.set(Members.await(first, first.cluster.reclaim(request)));
                    return part(last.get()).outcome() != MemberOutcome.UNREACHABLE;
                },
                last::get);
        return last.get();
    }

    private void viewForgetsTheVictim() {
        for (One one : members.all()) {
            Threads.until(() -> one.cluster.table().rows().size() == 2, one.cluster::table);
        }
        Members.awaitAll(members.all());
    }

    private ClusterReport.Member part(ClusterReport report) {
        return report.members().stream()
                .filter(part -> part.member().equals(victimName))
                .findFirst()
                .orElseThrow();
    }

    private static ReclaimRequest request(long objects, Duration within) {
        return ReclaimRequest.in("/shop").objects(objects).within(within);
    }
}
