package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.Leave;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members that leave and join. */
class MembershipIT {

    private final Members members = Members.start(3);
    private final One first = members.first();

    @AfterEach
    void end() {
        members.end();
    }

    /** A member leaves while its part is under way. */
    @Test
    void memberThatLeavesSaysWhatItDidAndTheOthersDoTheRest() {
        One leaver = members.get(2);
        AtomicLong scanned = new AtomicLong();
        Gate gate = new Gate();
        leaver.cache("/shop", new Scripted(any -> 50_000, control -> {
            if (scanned.getAndAdd(control.nrToScan()) >= 512) {
                gate.pass();
            }
            return control.nrToScan();
        }));
        TableShrinker other = members.get(1).cache("/shop", 50_000);
        CompletionStage<ClusterReport> round = first.cluster.reclaim(Members.shop(20_000));
        gate.awaitEntered();
        members.leave(leaver);
        Threads.until(() -> leaver.isLeaving());
        gate.open();
        ClusterReport report = Members.await(first, round);
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        ClusterReport.Member part = leaver.part(report);
        assertThat(part.outcome()).isEqualTo(MemberOutcome.LEFT);
        assertThat(part.reason().orElseThrow()).startsWith("it is shutting down");
        assertThat(part.freedObjects()).isBetween(512L, part.askedObjects());
        assertThat(report.freedObjects() - part.freedObjects()).isEqualTo(50_000 - other.objects());
        leaver.awaitTermination();
        members.forget(leaver);
        members.awaitAll();
        for (One one : members.all()) {
            // The row of the leaver is removed.
            Threads.until(() -> one.cluster.rows().size() == 2, one.cluster::rows);
            assertThat(one.cluster.table().rows()).hasSize(2);
        }
        assertThat(first.reclaim(Members.shop(100)).members()).hasSize(2);
    }

    /** The leaving member is the requester. */
    @Test
    void roundOfAMemberThatLeavesIsAnswered() {
        One leaver = members.get(2);
        Gate gate = new Gate();
        first.cache("/shop", Scripted.stuck(50_000, gate));
        CompletionStage<ClusterReport> round = leaver.cluster.reclaim(Members.shop(20_000));
        gate.awaitEntered();
        members.leave(leaver);
        ClusterReport report = Members.await(first, round);
        assertThat(report.outcome()).isEqualTo(Outcome.SHUTDOWN);
        assertThat(report.members()).hasSize(3);
        gate.open();
        leaver.awaitTermination();
        members.forget(leaver);
    }

    /** The round under way is not affected. */
    @Test
    void memberThatJoinsIsPartOfTheNextRound() {
        Gate gate = new Gate();
        first.cache("/shop", Members.gated(10_000, gate));
        CompletionStage<ClusterReport> round = first.cluster.reclaim(Members.shop(2_000));
        gate.awaitEntered();
        One joiner = members.add("");
        TableShrinker cache = joiner.cache("/shop", 40_000);
        members.awaitAll();
        gate.open();
        ClusterReport before = Members.await(first, round);
        assertThat(before.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(before.members()).hasSize(3);
        assertThat(cache.objects()).isEqualTo(40_000);
        ClusterReport after = first.reclaim(Members.shop(2_000));
        assertThat(joiner.part(after).freedObjects()).isPositive().isEqualTo(40_000 - cache.objects());
        members.all().forEach(one -> one.awaitRows(4));
    }

    /** Such a member may have more, so the outcome is never TARGET_MISSED. */
    @Test
    void memberWithoutAReclaimerIsInTheReportWithTheReason() {
        ReclaimerTestSystem without = ReclaimerTestSystem.start(Members.CONFIG);
        Cluster cluster = Cluster.get(without.system());
        cluster.manager()
                .tell(Join.create(Cluster.get(first.kit.system()).selfMember().address()));
        String name = Roster.nameOf(cluster.selfMember().uniqueAddress());
        Threads.until(() -> first.state().members().contains(name), first::state);
        // Wait until the first member knows that it is up.
        Threads.until(() -> !reasonOf(name).contains("not up yet"), () -> reasonOf(name));
        first.cache("/shop", 1_000);
        ClusterReport report = first.reclaim(Members.shop(5_000));
        assertThat(report.outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(report.freedObjects()).isEqualTo(1_000);
        assertThat(report.members()).hasSize(4);
        assertThat(Members.part(report, name).outcome()).isEqualTo(MemberOutcome.NOT_ASKED);
        assertThat(Members.part(report, name).reason().orElseThrow()).contains("no ClusterReclaimer is known there");
        assertThat(first.part(report).isExhausted()).isTrue();
        assertThat(first.reclaim(ClusterRequest.of(Members.shop(5_000)).onMembers(first.name()))
                        .outcome())
                .isEqualTo(Outcome.TARGET_MISSED);
        cluster.manager().tell(Leave.create(cluster.selfMember().address()));
        without.await(without.system().getWhenTerminated());
        without.stop();
        members.awaitAll();
    }

    /** The reason in the entry of a member in a round that is requested now. */
    private String reasonOf(String name) {
        ClusterReport report = first.reclaim(Members.shop(1));
        return Members.part(report, name).reason().orElseThrow();
    }

    /** A message without a recipient of the answer causes a fault. Rounds under way are answered, and later ones work. */
    @Test
    void memberThatFailsGoesOn() {
        members.all().forEach(one -> one.kit.expectError(""));
        Gate gate = new Gate();
        members.get(1).cache("/shop", Members.gated(10_000, gate));
        CompletionStage<ClusterReport> running = first.cluster.reclaim(Members.shop(1_000));
        gate.awaitEntered();
        first.cluster.ref().tell(new ClusterMember.GetState(null));
        assertThat(Members.await(first, running).outcome()).isEqualTo(Outcome.SHUTDOWN);
        gate.open();
        members.awaitAll();
        ClusterReport next = first.reclaim(Members.shop(1_000));
        assertThat(next.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(next.members()).hasSize(3);
    }

    /** A member with fewer nodes than the requester. */
    @Test
    void memberThatHasNoSuchNodeRefuses() {
        One joiner = members.add("reclaimer.nodes = [heap, direct]");
        members.awaitAll();
        joiner.cache("/shop", 40_000);
        ClusterReport report = joiner.reclaim(Members.shop(10).onNodes(1));
        assertThat(joiner.part(report).outcome()).isEqualTo(MemberOutcome.DONE);
        ClusterReport.Member refused = first.part(report);
        assertThat(refused.outcome()).isEqualTo(MemberOutcome.REFUSED);
        assertThat(refused.reason().orElseThrow()).contains("no node [direct]");
    }
}
