package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rounds over three members; each test in a cgroup of its own. */
class ClusterReclaimerIT {

    private static Members members;
    private static One first;

    @BeforeAll
    static void start() {
        members = Members.start(3, "akka.cluster.roles = [cache]", behavior -> behavior);
        first = members.first();
    }

    @AfterAll
    static void stop() {
        members.stop();
    }

    @AfterEach
    void nothingIsLeft() {
        members.checkNothingLeft();
    }

    /** Passes free whole batches, so shares are rounded to batches. */
    @Test
    void targetIsSplitByWhatMembersHold() {
        List<TableShrinker> caches = caches("/split", 10_000, 20_000, 30_000);
        ClusterReport report = reclaim(in("/split").objects(6_000));
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(report.cgroup()).isEqualTo(CgroupPath.of("/split"));
        for (int i = 0; i < 3; i++) {
            ClusterReport.Member part = members.get(i).part(report);
            assertThat(part.outcome()).isEqualTo(MemberOutcome.DONE);
            assertThat(part.pressure()).contains(MemberPressure.UNWATCHED);
            assertThat(part.freeableObjects()).isEqualTo(10_000L * (i + 1));
            assertThat(part.askedObjects()).isBetween(1_000L * (i + 1) - 128, 1_000L * (i + 1) + 128);
            assertThat(part.freedObjects())
                    .isEqualTo(10_000L * (i + 1) - caches.get(i).objects())
                    .isGreaterThanOrEqualTo(part.askedObjects());
            assertThat(part.freedBytes()).isEqualTo(1024 * part.freedObjects());
        }
        assertThat(report.freedObjects()).isEqualTo(60_000 - objects(caches)).isBetween(6_000L, 6_000L + 3 * 2 * 128);
    }

    @Test
    void cgroupThatIsNotOnlineSomewhereIsNoError() {
        TableShrinker cache = members.get(1).cache("/one/deep", 5_000);
        ClusterReport report = reclaim(in("/one/deep").objects(1_000));
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(report.members()).extracting(ClusterReport.Member::outcome).containsOnly(MemberOutcome.DONE);
        assertThat(first.part(report).askedObjects()).isZero();
        assertThat(report.freedObjects()).isEqualTo(5_000 - cache.objects());
    }

    @Test
    void whatOneCannotDeliverComesFromTheOthers() {
        members.get(1).cache("/refuses", new Scripted(any -> 50_000, any -> Shrinker.STOP));
        TableShrinker willing = members.get(2).cache("/refuses", 50_000);
        ClusterReport report = reclaim(in("/refuses").objects(4_000));
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(members.get(1).part(report).outcome()).isEqualTo(MemberOutcome.TARGET_MISSED);
        assertThat(members.get(1).part(report).freedObjects()).isZero();
        assertThat(members.get(1).part(report).isExhausted()).isFalse();
        assertThat(members.get(1).part(report).reason().orElseThrow()).contains("STOPPED");
        assertThat(members.get(1).part(report).askedObjects()).isPositive();
        assertThat(report.freedObjects()).isBetween(4_000L, 4_000L + 2 * 128).isEqualTo(50_000 - willing.objects());
    }

    @Test
    void whereAllTogetherHaveLessItEndsShort() {
        List<TableShrinker> caches = caches("/little", 10, 20, 30);
        ClusterReport report = reclaim(in("/little").objects(61));
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_MISSED);
        assertThat(report.freedObjects()).isEqualTo(60);
        assertThat(objects(caches)).isZero();
        assertThat(report.members())
                .allMatch(part -> part.freedObjects() == part.freeableObjects() && part.isExhausted());
    }

    @Test
    void withoutATargetEachDoesOnePass() {
        List<TableShrinker> caches = caches("/pass", 1_024, 1_024, 100);
        ClusterReport report = reclaim(in("/pass").startingAt(2));
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
        // A quarter twice over: 512 of 1,024; of 100 less than a batch.
        assertThat(report.freedObjects()).isEqualTo(1_024).isEqualTo(2_148 - objects(caches));
        assertThat(report.members()).allMatch(part -> part.askedObjects() == 0);
    }

    @Test
    void roundIsOverARoleOrNamedMembersOnly() {
        caches("/role", 9_000, 9_000, 9_000);
        assertThat(reclaim(ClusterRequest.of(in("/role").objects(500)).onRole("cache"))
                        .members())
                .hasSize(3);
        ClusterReport none = reclaim(ClusterRequest.of(in("/role").objects(500)).onRole("other"));
        assertThat(none.members()).isEmpty();
        assertThat(none.outcome()).isEqualTo(Outcome.TARGET_MISSED);
        ClusterReport named = reclaim(ClusterRequest.of(in("/role").objects(500))
                .onMembers(members.get(2).name(), "10.9.9.9:1"));
        assertThat(named.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(named.members())
                .extracting(ClusterReport.Member::member, ClusterReport.Member::outcome)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(members.get(2).name(), MemberOutcome.DONE),
                        org.assertj.core.groups.Tuple.tuple("10.9.9.9:1", MemberOutcome.LEFT));
    }

    /** The part has half of the time; then its objects go to the others. */
    @Test
    void memberWhoseShrinkersAreAllStuckHoldsUpNothing() {
        Gate gate = new Gate();
        ShrinkerHandle stuck = members.get(1).cache("/stuck", Scripted.stuck(40_000, gate));
        TableShrinker willing = members.get(2).cache("/stuck", 40_000);
        ClusterReport report = reclaim(in("/stuck").objects(4_000).within(Duration.ofSeconds(4)));
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(report.elapsed()).isLessThan(Duration.ofSeconds(4));
        assertThat(members.get(1).part(report).outcome()).isEqualTo(MemberOutcome.DEADLINE);
        assertThat(members.get(1).part(report).freedObjects()).isZero();
        assertThat(report.freedObjects()).isBetween(4_000L, 4_000L + 4 * 128).isEqualTo(40_000 - willing.objects());
        gate.open();
        first.kit.await(stuck.free());
    }

    @Test
    void memberThatIsStuckWhileItCountsHoldsUpNothing() {
        Gate gate = new Gate();
        ShrinkerHandle stuck = members.get(1)
                .cache(
                        "/stuckcount",
                        new Scripted(
                                any -> {
                                    gate.pass();
                                    return 1;
                                },
                                any -> Shrinker.STOP));
        members.get(2).cache("/stuckcount", 40_000);
        ClusterReport report = reclaim(in("/stuckcount").objects(4_000).within(Duration.ofSeconds(2)));
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(members.get(1).part(report).askedObjects()).isZero();
        gate.open();
        first.kit.await(stuck.free());
    }

    @Test
    void whereAllAreStuckItAnswersByItsDeadline() {
        Gate gate = new Gate();
        List<ShrinkerHandle> stuck = members.all().stream()
                .map(one -> one.cache("/allstuck", Scripted.stuck(40_000, gate)))
                .toList();
        ClusterReport report = reclaim(in("/allstuck").objects(4_000).within(Duration.ofSeconds(1)));
        assertThat(report.outcome()).isIn(Outcome.PARTIAL, Outcome.DEADLINE);
        assertThat(report.members())
                .allMatch(part -> !part.isExhausted() && part.reason().isPresent());
        assertThat(report.freedObjects()).isZero();
        assertThat(report.members()).extracting(ClusterReport.Member::outcome).containsOnly(MemberOutcome.DEADLINE);
        gate.open();
        stuck.forEach(handle -> first.kit.await(handle.free()));
    }

    /** Concurrent rounds from several members, for more objects than there are. */
    @Test
    void fiftyRoundsOnOnePathFreeEachObjectOnce() {
        List<TableShrinker> caches = caches("/fifty", 20_000, 20_000, 20_000);
        List<CompletionStage<ClusterReport>> rounds = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            rounds.add(members.get(i % 3).cluster.reclaim(in("/fifty").objects(1_500)));
        }
        List<ClusterReport> reports =
                rounds.stream().map(round -> Members.await(first, round)).toList();
        assertThat(reports)
                .extracting(ClusterReport::outcome)
                .containsAnyOf(Outcome.TARGET_REACHED, Outcome.TARGET_MISSED);
        assertThat(reports).allMatch(report -> report.members().size() == 3);
        assertThat(reports.stream().mapToLong(ClusterReport::freedObjects).sum())
                .isEqualTo(60_000 - objects(caches))
                .isGreaterThan(30_000);
    }

    @Test
    void cancelledRoundEndsWithWhatWasDone() {
        Gate gate = new Gate();
        ShrinkerHandle stuck = members.get(1).cache("/cancelled", Scripted.stuck(40_000, gate));
        Cancellation cancellation = new Cancellation();
        CompletionStage<ClusterReport> round =
                first.cluster.reclaim(in("/cancelled").objects(4_000).cancelledBy(cancellation));
        gate.awaitEntered();
        cancellation.cancel();
        ClusterReport report = Members.await(first, round);
        assertThat(report.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(report.elapsed()).isLessThan(Duration.ofSeconds(30));
        gate.open();
        first.kit.await(stuck.free());
    }

    @Test
    void nodesAreMeantByName() {
        assertThat(first.kit
                        .refusal(first.cluster.reclaim(in("/split").onNodes(1)))
                        .reason())
                .isEqualTo(Reason.NO_SUCH_NODE);
        assertThat(reclaim(in("/split").onNodes(0)).members())
                .extracting(ClusterReport.Member::outcome)
                .containsOnly(MemberOutcome.DONE);
    }

    @Test
    void tableOfEachMemberShowsAll() {
        List<TableShrinker> caches = caches("/table", 100_000, 200_000, 300_000);
        for (One one : members.all()) {
            for (int i = 0; i < 3; i++) {
                awaitRow(one, members.get(i), "/table", caches.get(i).objects());
            }
        }
        reclaim(in("/table").objects(400_000));
        for (One one : members.all()) {
            for (int i = 0; i < 3; i++) {
                awaitRow(one, members.get(i), "/table", caches.get(i).objects());
            }
            assertThat(one.cluster.table().rows())
                    .extracting(ClusterTable.Row::member)
                    .containsExactlyElementsOf(
                            members.all().stream().map(One::name).sorted().toList());
            assertThat(one.cluster.table().rows())
                    .allMatch(row -> row.isReachable() && row.age().compareTo(Duration.ofMinutes(5)) < 0);
            assertThat(one.cluster.table().lines()).hasSize(4).last().asString().contains("unwatched", "/table");
        }
    }

    /** A message with unreadable bytes. */
    @Test
    void malformedMessagesAreCountedAndDropped() {
        long before = members.get(1).cluster.status().malformedMessages();
        members.get(1).sendTo(first, malformed("count/1", new byte[] {1, 2, 3}));
        members.get(1).sendTo(first, malformed("java.lang.Runtime", new byte[100]));
        Threads.until(() -> first.cluster.status().malformedMessages() >= 2);
        assertThat(members.get(1).cluster.status().malformedMessages()).isEqualTo(before);
        assertThat(reclaim(in("/split").objects(1)).members()).hasSize(3);
    }

    @Test
    void statusSaysWhatAMemberHasDone() {
        members.get(2).cache("/status", 10_000);
        ClusterReclaimer.Status here = first.cluster.status();
        ClusterReclaimer.Status there = members.get(2).cluster.status();
        ClusterReport report = reclaim(in("/status").objects(1_000));
        ClusterReclaimer.Status hereAfter = first.cluster.status();
        ClusterReclaimer.Status thereAfter = members.get(2).cluster.status();
        assertThat(hereAfter.rounds() - here.rounds()).isOne();
        assertThat(hereAfter.freedObjects() - here.freedObjects()).isEqualTo(report.freedObjects());
        assertThat(hereAfter.parts()).isEqualTo(here.parts());
        assertThat(thereAfter.parts() - there.parts()).isOne();
        assertThat(thereAfter.gaveObjects() - there.gaveObjects()).isEqualTo(report.freedObjects());
    }

    /** The code in cluster.md is this code. */
    @Test
    void pageShowsHowItIsUsed() {
        members.get(2).cache("/acme", 50_000);
        var system = first.kit.system();
        ClusterReclaimer cluster = first.cluster;
        // README begin
        // on each member: ClusterReclaimer cluster = ClusterReclaimer.get(system);
        CompletionStage<Cgroup> acme = Reclaimer.get(system).onlineWithParents("/acme/eu"); // when first used here
        CompletionStage<ClusterReport> report = acme.thenCompose(online ->
                cluster.reclaim(ReclaimRequest.in("/acme").objects(5_000).within(Duration.ofSeconds(2))));
        ClusterTable table = cluster.table(); // with reclaimer.cluster.table.enabled = on: what each member could free
        // README end
        assertThat(Members.await(first, report).freedObjects()).isGreaterThanOrEqualTo(5_000);
        assertThat(table.rows()).isNotEmpty();
        assertThat(Members.await(first, acme).isOnline()).isTrue();
    }

    private static ClusterMessage malformed(String manifest, byte[] bytes) {
        return new ClusterMessage.Malformed(manifest, bytes, Optional.empty(), "");
    }

    private static void awaitRow(One one, One of, String path, long objects) {
        Threads.until(
                () -> one.cluster.table().rows().stream()
                        .anyMatch(row -> row.member().equals(of.name())
                                && row.cgroups().getOrDefault(CgroupPath.of(path), -1L) == objects),
                () -> path + " of " + of.name() + " " + objects + ": " + one.cluster.table());
    }

    private static List<TableShrinker> caches(String path, long... objects) {
        List<TableShrinker> caches = new ArrayList<>();
        for (int i = 0; i < objects.length; i++) {
            caches.add(members.get(i).cache(path, objects[i]));
        }
        return caches;
    }

    private static long objects(List<TableShrinker> caches) {
        return caches.stream().mapToLong(TableShrinker::objects).sum();
    }

    private static ClusterReport reclaim(ReclaimRequest request) {
        return first.reclaim(request);
    }

    private static ClusterReport reclaim(ClusterRequest request) {
        return first.reclaim(request);
    }

    private static ReclaimRequest in(String path) {
        return ReclaimRequest.in(path).within(Duration.ofSeconds(30));
    }
}
