package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
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

/**
 * Five members, of which some lose the others; the split brain resolver's default strategy decides. It downs the smaller
 * side, whose actor systems end, or go on by themselves, as is set.
 */
class ClusterPartitionIT {

    private static final String GOES_ON = "akka.cluster.run-coordinated-shutdown-when-down = off";
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
        Members members = Members.start(4, settings + "\n" + Cut.CONFIG, behavior -> behavior);
        // The last member goes on reclaiming by itself when it is downed.
        One goesOn = members.add(GOES_ON);
        members.awaitAll();
        members.all().forEach(one -> caches.put(one, one.cache("/shop", OBJECTS)));
        List<One> large = members.all().subList(0, 5 - few);
        List<One> small = members.all().subList(5 - few, 5);

        Cut.between(large, small);
        roundsOnBothSidesAnswer(large, small);

        // The larger side stays a cluster.
        Members.awaitAll(large);
        for (One one : large) {
            Threads.until(() -> one.cluster.table().rows().size() == large.size(), one.cluster::table);
        }
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
        assertThat(local.outcome()).isEqualTo(ReclaimReport.Outcome.MET);
        ClusterReport alone = round(goesOn, 1_000);
        assertThat(alone.outcome()).isEqualTo(Outcome.MET);
        assertThat(alone.members()).hasSize(1);
        assertThat(local.freedObjects() + alone.freedObjects())
                .isEqualTo(before - caches.get(goesOn).objects());

        // After the healing, the downed members come back as new ones.
        Cut.heal(large, List.of(goesOn));
        members.forget(goesOn);
        for (int i = 0; i < few; i++) {
            One again = members.add("");
            caches.put(again, again.cache("/shop", OBJECTS));
        }
        members.awaitAll();
        for (One one : members.all()) {
            Threads.until(() -> one.cluster.table().rows().size() == 5, one.cluster::table);
        }
        ClusterReport report = round(members.get(4), 5_000);
        assertThat(report.outcome()).isEqualTo(Outcome.MET);
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
                .allMatch(report ->
                        report.outcome() == Outcome.MET && report.members().size() == 5);
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
                    .doesNotContain(MemberOutcome.DONE, MemberOutcome.SHORT);
            assertThat(others).allMatch(part -> part.freedObjects() == 0);
        }
    }

    private static ClusterReport round(One one, long objects) {
        return Members.await(one, one.cluster.reclaim(request(objects)));
    }

    private static ReclaimRequest request(long objects) {
        return ReclaimRequest.in("/shop").objects(objects).within(Duration.ofSeconds(8));
    }
}
