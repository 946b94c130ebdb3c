package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.DispatcherSelector;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many rounds of other members at a time, and a member's own rounds meanwhile. Three members with the default settings. */
class ClusterLoadIT {

    /** The default of {@code reclaimer.cluster.max-rounds}. */
    private static final int ROUNDS = 64;

    private static final int TENANTS = 20;

    private final Members members = Members.start(3);

    @AfterEach
    void end() {
        members.end();
    }

    /** Three times as many rounds as a member's reclaimer runs at a time. */
    @Test
    void asManyRoundsAsAllowedOnEachMemberAllMeetTheirTargets() {
        List<TableShrinker> caches =
                members.all().stream().map(ClusterLoadIT::tenants).toList();
        List<CompletionStage<ClusterReport>> rounds = new ArrayList<>();
        for (int i = 0; i < 3 * ROUNDS; i++) {
            rounds.add(members.get(i % 3).cluster.reclaim(request("/t/" + i % TENANTS, 20_000)));
        }
        long freed = 0;
        for (CompletionStage<ClusterReport> round : rounds) {
            ClusterReport report = Members.await(members.first(), round);
            assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.TARGET_REACHED);
            assertThat(report.members())
                    .extracting(ClusterReport.Member::outcome)
                    .doesNotContain(MemberOutcome.REFUSED);
            freed += report.freedObjects();
        }
        assertThat(freed)
                .isEqualTo(3 * TENANTS * 100_000L
                        - caches.stream().mapToLong(TableShrinker::objects).sum());
    }

    /** The parts of one tenant are stuck, as many as get slots. All other rounds proceed. */
    @Test
    void roundsOfOthersLeaveAMemberItsOwnRoundsAndOtherTenantsTheirs() {
        One victim = members.get(1);
        Gate gate = new Gate();
        ShrinkerHandle stuck = victim.cache("/stuck", Scripted.stuck(1_000_000, gate));
        TableShrinker quiet = victim.cache("/quiet", 1_000_000);
        List<CompletionStage<ClusterReport>> rounds = new ArrayList<>();
        for (One other : List.of(members.get(0), members.get(2))) {
            for (int i = 0; i < ROUNDS - 1; i++) {
                rounds.add(other.cluster.reclaim(
                        ClusterRequest.of(request("/stuck", 50_000)).onMembers(victim.name())));
            }
        }
        gate.awaitEntered();
        Threads.until(() -> victim.state().parts() > 0 && victim.state().known() >= 8, victim::state);
        List<CompletionStage<ReclaimReport>> own = new ArrayList<>();
        for (int i = 0; i < 48; i++) {
            own.add(victim.reclaimer()
                    .reclaim(ReclaimRequest.in("/quiet").objects(100).within(Duration.ofMinutes(1))));
        }
        own.forEach(round -> assertThat(victim.kit.await(round).outcome()).isEqualTo(RoundOutcome.TARGET_REACHED));
        ClusterReport others = members.get(0).reclaim(request("/quiet", 1_000));
        assertThat(others.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(quiet.objects()).isLessThan(1_000_000);
        gate.open();
        victim.kit.await(stuck.free());
        rounds.forEach(round -> assertThat(Members.await(members.first(), round).members())
                .singleElement()
                .matches(member ->
                        member.outcome() != MemberOutcome.REFUSED && member.outcome() != MemberOutcome.NOT_ASKED));
    }

    /** An application blocks all threads of the answer dispatcher, which completes its futures. */
    @Test
    void applicationThatBlocksTheAnswersHoldsUpNoPart() {
        One blocked = members.get(1);
        TableShrinker cache = blocked.cache("/quiet", 1_000_000);
        Gate gate = new Gate();
        Executor answers =
                blocked.kit.system().dispatchers().lookup(DispatcherSelector.fromConfig("reclaimer.answer-dispatcher"));
        List<CompletionStage<Void>> callbacks = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            callbacks.add(CompletableFuture.runAsync(gate::pass, answers));
        }
        gate.awaitEntered();
        ClusterReport report = members.first().reclaim(request("/quiet", 1_000));
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(report.freedObjects()).isEqualTo(1_000_000 - cache.objects());
        gate.open();
        callbacks.forEach(callback -> Members.await(blocked, callback));
    }

    private static TableShrinker tenants(One one) {
        TableShrinker cache = TableShrinker.full();
        List<Cgroup> online = new ArrayList<>();
        for (int i = 0; i < TENANTS; i++) {
            online.add(one.kit.await(one.reclaimer().onlineWithParents("/t/" + i)));
            cache.put(CgroupPath.of("/t/" + i), 0, 100_000);
        }
        ShrinkerHandle handle =
                one.kit.register(ShrinkerSpec.named("pages").byCgroup().byNode(), cache);
        online.forEach(cgroup -> handle.setBit(cgroup, 0));
        one.kit.settle();
        return cache;
    }

    private static ReclaimRequest request(String cgroup, long objects) {
        return ReclaimRequest.in(cgroup).objects(objects).within(Duration.ofMinutes(1));
    }
}
