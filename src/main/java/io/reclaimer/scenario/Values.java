package io.reclaimer.scenario;

import io.reclaimer.ReclaimerState;
import io.reclaimer.scenario.Expectation.Value;
import io.reclaimer.scenario.ModelCache.Cell;
import io.reclaimer.scenario.ModelCache.Tally;
import io.reclaimer.scenario.ScenarioMember.Cache;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Looks up what is expected to be something. One thread's. */
final class Values {

    private final List<ScenarioMember> members;
    private final RoundLog rounds;

    Values(List<ScenarioMember> members, RoundLog rounds) {
        this.members = members;
        this.rounds = rounds;
    }

    double of(Value value) {
        return switch (value.what()) {
            case OBJECTS -> tally(value).objects();
            case ADDED -> tally(value).added();
            case FREED -> tally(value).freed();
            case LOST -> tally(value).lost();
            case FREED_SHARE -> freedShare(value);
            case SCANNED -> state(value, ReclaimerState::scannedObjects);
            case NR_MAX -> state(value, ReclaimerState::nrMax);
            case DEFERRED -> state(value, state -> deferred(value, state));
            case BITS -> state(value, state -> bits(value, state));
            case CALLS -> caches(value, cache -> cache.model().scanCalls());
            case CALLS_AFTER_FREED -> caches(value, cache -> cache.model().callsAfterFreed());
            case FAULTS -> caches(value, cache -> cache.handle().state().faults());
            case REFAULTS -> caches(value, cache -> cache.handle().state().refaultedObjects());
            case QUARANTINED -> caches(value, cache -> cache.handle().state().quarantined() ? 1 : 0);
            case ROUNDS -> rounds.answered(value.member());
            case SHORT_ROUNDS -> rounds.isShort(value.member());
            case LATE_ROUNDS -> rounds.late(value.member());
            case LONGEST_ROUND -> rounds.longestMillis(value.member());
            case RUNNING_ROUNDS -> rounds.running(value.member());
            case HEAP ->
                members(value).mapToDouble(ScenarioMember::heapPercent).max().orElse(0);
        };
    }

    private Stream<ScenarioMember> members(Value value) {
        return members.stream()
                .filter(member ->
                        value.member().isEmpty() || value.member().get().equals(member.name()));
    }

    private Tally tally(Value value) {
        return members(value)
                .map(member -> member.tally(value.shrinker(), cells(value, member)))
                .reduce(Tally.NONE, Tally::plus);
    }

    private static Predicate<Cell> cells(Value value, ScenarioMember member) {
        Predicate<Cell> onNode = cell -> value.node().isEmpty() || value.node().get() == cell.node();
        return value.cgroup()
                .map(cgroup -> onNode.and(cell -> cell.cgroup().equals(member.path(cgroup))))
                .orElse(onNode);
    }

    private double freedShare(Value value) {
        long part = 0;
        long all = 0;
        for (ScenarioMember member : members(value).toList()) {
            CgroupPath top = member.path(value.cgroup().orElse("/"));
            part = Saturating.add(
                    part,
                    member.tally(value.shrinker(), cell -> isWithin(cell.cgroup(), top))
                            .freed());
            all = Saturating.add(
                    all, member.tally(value.shrinker(), cell -> true).freed());
        }
        return all == 0 ? 0 : 100.0 * part / all;
    }

    private static boolean isWithin(CgroupPath path, CgroupPath top) {
        return top.isRoot() || path.equals(top) || path.withAncestors().contains(top);
    }

    private double caches(Value value, ToDoubleFunction<Cache> of) {
        return members(value)
                .flatMap(member -> member.caches().entrySet().stream())
                .filter(entry ->
                        value.shrinker().isEmpty() || value.shrinker().get().equals(entry.getKey()))
                .mapToDouble(entry -> of.applyAsDouble(entry.getValue()))
                .sum();
    }

    private double state(Value value, ToDoubleFunction<ReclaimerState> of) {
        // Asking takes its time where a pair is visited: first all members, then what they said.
        List<ReclaimerState> states = new ArrayList<>();
        members(value).forEach(member -> states.add(member.state()));
        return states.stream().mapToDouble(of).sum();
    }

    private long deferred(Value value, ReclaimerState state) {
        Set<Integer> ids = ids(value, state);
        long owed = Saturating.sum(rows(value, state)
                .flatMap(row -> row.deferred().entrySet().stream())
                .filter(entry -> ids.contains(entry.getKey()))
                .mapToLong(entry -> entry.getValue()));
        if (value.cgroup().isEmpty()) {
            owed = Saturating.add(
                    owed,
                    Saturating.sum(state.shrinkers().stream()
                            .filter(shrinker -> isMeant(value, shrinker))
                            .mapToLong(shrinker -> ofNode(value, shrinker.deferred()))));
        }
        return owed;
    }

    /** One that has but one number has it for all nodes. */
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

    private Stream<ReclaimerState.CgroupState> rows(Value value, ReclaimerState state) {
        ScenarioMember any = members.get(0);
        return state.cgroups().stream()
                .filter(row -> value.node().isEmpty() || value.node().get() == row.node())
                .filter(row -> value.cgroup()
                        .map(cgroup -> any.path(cgroup).equals(row.cgroup()))
                        .orElse(true));
    }

    private static Set<Integer> ids(Value value, ReclaimerState state) {
        Set<Integer> ids = new HashSet<>();
        state.shrinkers().stream()
                .filter(shrinker -> isMeant(value, shrinker))
                .forEach(shrinker -> ids.add(shrinker.id()));
        return ids;
    }

    private static boolean isMeant(Value value, ReclaimerState.ShrinkerState shrinker) {
        return value.shrinker().isEmpty()
                || value.shrinker().get().equals(shrinker.spec().name());
    }
}
