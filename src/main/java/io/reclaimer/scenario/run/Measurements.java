package io.reclaimer.scenario.run;

import io.reclaimer.ReclaimerState;
import io.reclaimer.ReclaimerState.CgroupState;
import io.reclaimer.ReclaimerState.ShrinkerState;
import io.reclaimer.scenario.model.Expectation.Value;
import io.reclaimer.scenario.run.ScenarioMember.Cache;
import io.reclaimer.scenario.run.SimulatedCache.Slot;
import io.reclaimer.scenario.run.SimulatedCache.Tally;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Measures the values that expectations name. Confined to the thread of the run. */
final class Measurements {

    private final List<ScenarioMember> members;
    private final RoundRequests rounds;

    Measurements(List<ScenarioMember> members, RoundRequests rounds) {
        this.members = members;
        this.rounds = rounds;
    }

    double measure(Value value) {
        return switch (value.what()) {
            case OBJECTS -> tally(value).objects();
            case ADDED -> tally(value).added();
            case FREED -> tally(value).freed();
            case LOST -> tally(value).lost();
            case FREED_SHARE -> freedShare(value);
            case SCANNED -> sumOfStates(value, ReclaimerState::scannedObjects);
            case NR_MAX -> sumOfStates(value, ReclaimerState::nrMax);
            case DEFERRED -> sumOfStates(value, state -> deferred(value, state));
            case BITS -> sumOfStates(value, state -> bits(value, state));
            case CALLS -> sumOfCaches(value, cache -> cache.contents().scanCalls());
            case CALLS_AFTER_FREED ->
                sumOfCaches(value, cache -> cache.contents().callsAfterFreed());
            case FAULTS -> sumOfCaches(value, cache -> cache.handle().state().faults());
            case REFAULTS -> sumOfCaches(value, cache -> cache.handle().state().refaultedObjects());
            case QUARANTINED ->
                sumOfCaches(value, cache -> cache.handle().state().isQuarantined() ? 1 : 0);
            case ROUNDS -> rounds.ended(value.member()).count();
            case SHORT_ROUNDS -> rounds(value, "TARGET_MISSED", "PARTIAL");
            case LATE_ROUNDS -> rounds(value, "DEADLINE");
            case LONGEST_ROUND ->
                rounds.ended(value.member())
                        .mapToDouble(round -> round.elapsed().toNanos() / 1e6)
                        .max()
                        .orElse(0);
            case RUNNING_ROUNDS -> rounds.running(value.member());
            case HEAP ->
                members(value).mapToDouble(ScenarioMember::livePercent).max().orElse(0);
        };
    }

    private static boolean isOnNode(Value value, int node) {
        return value.node().isEmpty() || value.node().get() == node;
    }

    private Stream<ScenarioMember> members(Value value) {
        return ScenarioMember.named(value.member(), members).stream();
    }

    private long rounds(Value value, String... outcomes) {
        return rounds.ended(value.member())
                .filter(round -> List.of(outcomes).contains(round.outcome()))
                .count();
    }

    private Tally tally(Value value) {
        return members(value)
                .map(member -> member.tally(value.shrinker(), slots(value, member)))
                .reduce(Tally.NONE, Tally::plus);
    }

    private static Predicate<Slot> slots(Value value, ScenarioMember member) {
        Optional<CgroupPath> path = value.cgroup().map(member.cgroups()::path);
        return slot ->
                isOnNode(value, slot.node()) && (path.isEmpty() || path.get().equals(slot.cgroup()));
    }

    private double freedShare(Value value) {
        long part = 0;
        long all = 0;
        for (ScenarioMember member : members(value).toList()) {
            CgroupPath top = member.cgroups().path(value.cgroup().orElse("/"));
            Tally within = member.tally(
                    value.shrinker(), slot -> slot.cgroup().withAncestors().contains(top) || top.isRoot());
            part = Saturating.add(part, within.freed());
            all = Saturating.add(
                    all, member.tally(value.shrinker(), slot -> true).freed());
        }
        return all == 0 ? 0 : 100.0 * part / all;
    }

    private double sumOfCaches(Value value, ToDoubleFunction<Cache> of) {
        return members(value)
                .flatMap(member -> member.caches(value.shrinker()))
                .mapToDouble(of)
                .sum();
    }

    private double sumOfStates(Value value, ToDoubleFunction<ReclaimerState> of) {
        // A request for the state lets time pass: all states are read before the first is used.
        List<ReclaimerState> states = members(value).map(ScenarioMember::state).toList();
        return states.stream().mapToDouble(of).sum();
    }

    private long deferred(Value value, ReclaimerState state) {
        Set<Integer> ids = ids(value, state);
        long ofCgroups = Saturating.sum(rows(value, state)
                .flatMap(row -> row.deferred().entrySet().stream())
                .filter(entry -> ids.contains(entry.getKey()))
                .mapToLong(entry -> entry.getValue()));
        if (value.cgroup().isPresent()) {
            return ofCgroups;
        }
        long global = Saturating.sum(shrinkers(value, state).mapToLong(shrinker -> ofNode(value, shrinker.deferred())));
        return Saturating.add(ofCgroups, global);
    }

    /** A shrinker that is not NUMA-aware has one count for all nodes. */
    private static long ofNode(Value value, List<Long> deferred) {
        return value.node().isPresent() && deferred.size() > 1
                ? deferred.get(value.node().get())
                : Saturating.sum(deferred.stream().mapToLong(Long::longValue));
    }

    private long bits(Value value, ReclaimerState state) {
        Set<Integer> ids = ids(value, state);
        return rows(value, state)
                .flatMap(row -> row.bits().stream())
                .filter(ids::contains)
                .count();
    }

    private Stream<CgroupState> rows(Value value, ReclaimerState state) {
        Optional<CgroupPath> path = value.cgroup().map(members.get(0).cgroups()::path);
        return state.cgroups().stream()
                .filter(row -> isOnNode(value, row.node()))
                .filter(row -> path.isEmpty() || path.get().equals(row.cgroup()));
    }

    private static Set<Integer> ids(Value value, ReclaimerState state) {
        return shrinkers(value, state).map(ShrinkerState::id).collect(Collectors.toSet());
    }

    private static Stream<ShrinkerState> shrinkers(Value value, ReclaimerState state) {
        return state.shrinkers().stream()
                .filter(each -> each.spec()
                        .name()
                        .equals(value.shrinker().orElse(each.spec().name())));
    }
}
