package io.reclaimer.cluster;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Figures of several rounds of one kind. */
final class SimulatedRounds {

    private SimulatedRounds() {}

    static double mean(List<SimulatedResult> results, ToDoubleFunction<SimulatedResult> of) {
        return results.stream().mapToDouble(of).average().orElseThrow();
    }

    private static Stream<SimulatedResult> byTime(List<SimulatedResult> results) {
        return results.stream().sorted(Comparator.comparingLong(SimulatedResult::elapsedNanos));
    }

    static SimulatedResult median(List<SimulatedResult> results) {
        return byTime(results).skip(results.size() / 2).findFirst().orElseThrow();
    }

    static SimulatedResult longest(List<SimulatedResult> results) {
        return byTime(results).skip(results.size() - 1).findFirst().orElseThrow();
    }

    static double leastTrips(List<SimulatedResult> results) {
        return results.stream().mapToDouble(SimulatedResult::roundTrips).min().orElseThrow();
    }

    static double mostTrips(List<SimulatedResult> results) {
        return results.stream().mapToDouble(SimulatedResult::roundTrips).max().orElseThrow();
    }

    static double medianTrips(List<SimulatedResult> results) {
        return results.stream()
                .mapToDouble(SimulatedResult::roundTrips)
                .sorted()
                .skip(results.size() / 2)
                .findFirst()
                .orElseThrow();
    }
}
