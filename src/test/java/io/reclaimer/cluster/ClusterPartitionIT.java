package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.Address;
import akka.actor.ExtendedActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.typed.Cluster;
import akka.remote.RemoteActorRefProvider;
import akka.remote.testkit.Blackhole;
import akka.remote.testkit.Direction;
import akka.remote.testkit.SetThrottle;
import akka.remote.testkit.ThrottleMode;
import akka.remote.testkit.Unthrottled;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.FutureConverters;

/**
 * Five members, of which some lose the others; the split brain resolver's default strategy decides. It downs the smaller
 * side, whose actor systems end, or go on by themselves, as is set.
 */
class ClusterPartitionIT {

    private static final String GOES_ON = "akka.cluster.run-coordinated-shutdown-when-down = off";

    /** Lets the transport drop messages. */
    private static final String TEST_MODE = "akka.remote.artery.advanced.test-mode = on";

    private static final long OBJECTS = 50_000;

    private final Map<One, TableShrinker> caches = new HashMap<>();

    /** With the default times of the resolver. */
    @Test
    @Tag("nightly")
    void partitionOfTwoAndThreeAndItsHealing() {
        partition(2, "");
    }

    @Test
    void partitionOfOneAndFourAndItsHealing() {
        partition(1, "akka.cluster.split-brain-resolver.stable-after = 3 s");
    }

    private void partition(int few, String settings) {
        Members members = Members.start(4, settings + "\n" + TEST_MODE, behavior -> behavior);
        // The last member goes on reclaiming by itself when it is downed.
        One goesOn = members.add(GOES_ON);
        members.awaitAll();
        members.all().forEach(one -> caches.put(one, one.cache("/shop", OBJECTS)));
        List<One> large = members.all().subList(0, 5 - few);
        List<One> small = members.all().subList(5 - few, 5);

        throttle(large, small, Blackhole.getInstance());
        roundsOnBothSidesAnswer(large, small);

        // The larger side stays a cluster.
        Members.awaitAll(large);
        large.forEach(one -> one.awaitRows(large.size()));
        assertThat(round(large.get(0), 5_000).members())
                .hasSize(large.size())
                .extracting(ClusterReport.Member::outcome)
                .containsOnly(MemberOutcome.DONE);

        // The members of the smaller side end, except for the one that goes on by itself.
        for (One one : small) {
            if (one != goesOn) {
                one.awaitTermination();
                members.forget(one);
            }
        }
        Threads.until(() -> goesOn.state().members().equals(List.of(goesOn.name())), goesOn::state);
        long before = caches.get(goesOn).objects();
        ReclaimReport local = Members.await(
                goesOn, goesOn.reclaimer().reclaim(ReclaimRequest.in("/shop").objects(1_000)));
        assertThat(local.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
        ClusterReport alone = round(goesOn, 1_000);
        assertThat(alone.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(alone.members()).hasSize(1);
        assertThat(local.freedObjects() + alone.freedObjects())
                .isEqualTo(before - caches.get(goesOn).objects());

        // After the healing, the downed members come back as new ones.
        throttle(large, List.of(goesOn), Unthrottled.getInstance());
        members.forget(goesOn);
        for (int i = 0; i < few; i++) {
            One again = members.add("");
            caches.put(again, again.cache("/shop", OBJECTS));
        }
        members.awaitAll();
        members.all().forEach(one -> one.awaitRows(5));
        ClusterReport report = round(members.get(4), 5_000);
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(report.members()).hasSize(5);
        members.end();
    }

    /** Before any member is removed or known to be unreachable, reports are exact for the own side. */
    private void roundsOnBothSidesAnswer(List<One> large, List<One> small) {
        Map<One, Long> before = new HashMap<>();
        caches.forEach((one, cache) -> before.put(one, cache.objects()));
        CompletionStage<ClusterReport> there = small.get(0).cluster.reclaim(request(2_000));
        CompletionStage<ClusterReport> here = large.get(0).cluster.reclaim(request(2_000));
        List<ClusterReport> reports = List.of(Members.await(large.get(0), here), Members.await(small.get(0), there));
        assertThat(reports)
                .allMatch(report -> report.outcome() == Outcome.TARGET_REACHED
                        && report.members().size() == 5);
        List<List<One>> sides = List.of(large, small);
        for (int i = 0; i < 2; i++) {
            List<One> side = sides.get(i);
            List<String> names = side.stream().map(One::name).toList();
            long freed = side.stream()
                    .mapToLong(one -> before.get(one) - caches.get(one).objects())
                    .sum();
            assertThat(reports.get(i).freedObjects()).isEqualTo(freed);
            List<ClusterReport.Member> others = new ArrayList<>(reports.get(i).members());
            others.removeIf(part -> names.contains(part.member()));
            assertThat(others)
                    .extracting(ClusterReport.Member::outcome)
                    .containsAnyOf(MemberOutcome.DEADLINE, MemberOutcome.UNREACHABLE)
                    .doesNotContain(MemberOutcome.DONE, MemberOutcome.TARGET_MISSED);
            assertThat(others).allMatch(part -> part.freedObjects() == 0);
        }
    }

    private static ClusterReport round(One one, long objects) {
        return one.reclaim(request(objects));
    }

    private static ReclaimRequest request(long objects) {
        return ReclaimRequest.in("/shop").objects(objects).within(Duration.ofSeconds(8));
    }

    /** Drops all messages between two groups, or none any more. */
    private static void throttle(List<One> some, List<One> others, ThrottleMode mode) {
        for (One one : some) {
            for (One other : others) {
                throttle(one, other, mode);
                throttle(other, one, mode);
            }
        }
    }

    private static void throttle(One one, One other, ThrottleMode mode) {
        RemoteActorRefProvider provider =
                (RemoteActorRefProvider) ((ExtendedActorSystem) Adapter.toClassic(one.kit.system())).provider();
        Address address = Cluster.get(other.kit.system()).selfMember().address();
        one.kit.await(FutureConverters.asJava(
                provider.transport().managementCommand(new SetThrottle(address, Direction.bothDirection(), mode))));
    }
}
