package io.reclaimer.scenario.run;

import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.scenario.model.EventDetail.RoundEnded;
import io.reclaimer.scenario.model.EventDetail.RoundEnded.MemberPart;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import io.reclaimer.shrinker.ReclaimFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Requests rounds, and records them here and on the timeline. Confined to the thread of the run. */
final class RoundRequests {

    private record Ended(String member, RoundEnded round) {}

    private final Timeline timeline;
    private final List<Ended> ended = new ArrayList<>();

    /** The member of each round under way. */
    private final List<String> running = new ArrayList<>();

    private @Nullable VirtualCluster cluster;

    RoundRequests(Timeline timeline) {
        this.timeline = timeline;
    }

    /** Sets the cluster, which is there after its members. */
    void setCluster(VirtualCluster newCluster) {
        cluster = newCluster;
    }

    boolean isAnyRunning() {
        return !running.isEmpty();
    }

    /** The number of rounds under way on one member, or on all. */
    long running(Optional<String> member) {
        return running.stream().filter(name -> name.equals(member.orElse(name))).count();
    }

    /** The ended rounds of one member, or of all. */
    Stream<RoundEnded> ended(Optional<String> member) {
        return ended.stream()
                .filter(each -> each.member().equals(member.orElse(each.member())))
                .map(Ended::round);
    }

    /** @param origin who requests the round, for people */
    CompletionStage<RoundEnded> request(ScenarioMember member, Scenario.Round model, String origin) {
        ReclaimRequest request = request(member, model);
        String subject = origin + " over " + model.describe();
        running.add(member.name());
        return record(
                member.name(),
                origin + " over " + model.scope().cgroup(),
                model.scope().overCluster() && cluster != null
                        ? cluster.reclaim(member.name(), request, model.scope().members())
                                .thenApply(report -> ended(subject, report))
                        : member.reclaimer().reclaim(request).thenApply(report -> ended(subject, report)));
    }

    /** Records a round that the heap pressure of a member started. */
    void addHeapRound(String member, CompletionStage<ReclaimReport> round) {
        String subject = "heap pressure over /";
        running.add(member);
        record(member, subject, round.thenApply(report -> ended(subject, report)));
    }

    private CompletionStage<RoundEnded> record(String member, String subject, CompletionStage<RoundEnded> round) {
        return round.whenComplete((report, why) -> {
            running.remove(member);
            if (why == null) {
                ended.add(new Ended(member, report));
                timeline.add(member, Kind.ROUND, report);
            } else {
                Throwable cause = why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
                timeline.add(member, Kind.ROUND, subject + " refused", ": " + cause.getMessage());
            }
        });
    }

    private static RoundEnded ended(String subject, ReclaimReport report) {
        return new RoundEnded(subject, report.outcome().name(), report.freedObjects(), report.elapsed(), List.of());
    }

    private static RoundEnded ended(String subject, ClusterReport report) {
        List<MemberPart> parts = report.members().stream()
                .map(each ->
                        new MemberPart(each.member(), each.outcome().name(), each.askedObjects(), each.freedObjects()))
                .toList();
        return new RoundEnded(subject, report.outcome().name(), report.freedObjects(), report.elapsed(), parts);
    }

    private static ReclaimRequest request(ScenarioMember member, Scenario.Round model) {
        Scenario.Scope scope = model.scope();
        ReclaimRequest request =
                ReclaimRequest.in(member.cgroups().path(scope.cgroup())).startingAt(model.priority());
        if (scope.alone()) {
            request = request.withoutDescendants();
        }
        if (!scope.nodes().isEmpty()) {
            request = request.onNodes(
                    scope.nodes().stream().mapToInt(Integer::intValue).toArray());
        }
        if (model.objects().isPresent()) {
            request = request.objects(model.objects().getAsLong());
        }
        if (model.bytes().isPresent()) {
            request = request.bytes(model.bytes().getAsLong());
        }
        if (model.within().isPresent()) {
            request = request.within(model.within().get());
        }
        if (model.flags().contains(ReclaimFlag.BACKGROUND)) {
            request = request.background();
        }
        return model.flags().contains(ReclaimFlag.LOSSLESS_ONLY) ? request.losslessOnly() : request;
    }
}
