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

/** Two members in this JVM and one in its own, which is killed or frozen. */
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
        // Members do not leave while one is unreachable, so they are stopped first.
        try {
            members.end();
        } finally {
            victim.kill();
        }
    }

    /** SIGKILL while its part is under way. The others free the rest long before the cluster removes the member. */
    @Test
    void partOfAMemberThatIsKilledGoesToTheOthers() {
        CompletionStage<ClusterReport> round = first.cluster.reclaim(request(40_000, Duration.ofSeconds(60)));
        Threads.until(() -> victim.scans() >= 5);
        victim.kill();
        ClusterReport report = Members.await(first, round);
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        ClusterReport.Member part = Members.part(report, victimName);
        assertThat(part.outcome()).isIn(MemberOutcome.UNREACHABLE, MemberOutcome.LEFT);
        assertThat(part.askedObjects()).isPositive();
        assertThat(part.freedObjects()).isZero();
        assertThat(report.freedObjects()).isEqualTo(OBJECTS - cache.objects()).isGreaterThanOrEqualTo(40_000);
        tableForgetsTheVictim();
    }

    /** SIGSTOP before the round, until after its deadline. */
    @Test
    void memberThatIsFrozenFreesNothingWhenItWakesUp() throws Exception {
        victim.freeze();
        ClusterReport report = first.reclaim(request(20_000, Duration.ofSeconds(2)));
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(Members.part(report, victimName).outcome()).isIn(MemberOutcome.DEADLINE, MemberOutcome.UNREACHABLE);
        assertThat(report.freedObjects()).isEqualTo(OBJECTS - cache.objects());
        victim.wake();
        victimIsPartOfTheNextRound();
        assertThat(victim.left(OBJECTS)).as("freed for that round only").isGreaterThan(OBJECTS - 3_000);
    }

    /** SIGSTOP while its part is under way. The round is answered by its deadline, without the frozen member's result. */
    @Test
    void memberThatIsFrozenInTheMiddleOfItsPartEndsItWhenItWakesUp() throws Exception {
        CompletionStage<ClusterReport> round = first.cluster.reclaim(request(40_000, Duration.ofSeconds(10)));
        Threads.until(() -> victim.scans() >= 5);
        victim.freeze();
        long scans = victim.scans();
        ClusterReport report = Members.await(first, round);
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        ClusterReport.Member part = Members.part(report, victimName);
        assertThat(part.outcome()).isIn(MemberOutcome.DEADLINE, MemberOutcome.UNREACHABLE);
        assertThat(report.freedObjects() - part.freedObjects()).isEqualTo(OBJECTS - cache.objects());
        victim.wake();
        victimIsPartOfTheNextRound();
        // The scans that were under way, and those of the next round.
        assertThat(victim.scans() - scans).isLessThan(20);
        assertThat(OBJECTS - victim.left(OBJECTS)).isLessThan(part.askedObjects());
    }

    /** The awake member works as before. */
    private void victimIsPartOfTheNextRound() {
        ClusterReport next = roundThatReachesTheVictim();
        assertThat(next.outcome()).as("%s", next).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(Members.part(next, victimName).freedObjects()).isBetween(500L, 500L + 4 * 128);
        first.awaitRows(3);
    }

    /** Repeats the round while the victim, which has just woken up, is unreachable once more. */
    private ClusterReport roundThatReachesTheVictim() {
        ClusterRequest request =
                ClusterRequest.of(request(500, Duration.ofSeconds(60))).onMembers(victimName);
        AtomicReference<ClusterReport> last = new AtomicReference<>();
        Threads.until(
                () -> {
                    last.set(first.reclaim(request));
                    return Members.part(last.get(), victimName).outcome() != MemberOutcome.UNREACHABLE;
                },
                last::get);
        return last.get();
    }

    private void tableForgetsTheVictim() {
        members.all().forEach(one -> one.awaitRows(2));
        Members.awaitAll(members.all());
    }

    private static ReclaimRequest request(long objects, Duration within) {
        return ReclaimRequest.in("/shop").objects(objects).within(within);
    }
}
