package io.reclaimer.cluster;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Statistics of several rounds of one kind. */
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

    static double least(List<SimulatedResult> results, ToDoubleFunction<SimulatedResult> of) {
        return results.stream().mapToDouble(of).min().orElseThrow();
    }

    static double most(List<SimulatedResult> results, ToDoubleFunction<SimulatedResult> of) {
        return results.stream().mapToDouble(of).max().orElseThrow();
    }

    static double median(List<SimulatedResult> results, ToDoubleFunction<SimulatedResult> of) {
        return results.stream()
                .mapToDouble(of)
                .sorted()
                .skip(results.size() / 2)
                .findFirst()
                .orElseThrow();
    }
}
