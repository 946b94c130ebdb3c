package io.reclaimer.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The rounds that a scenario has requested. One thread's. */
final class RoundLog {

    /** The outcomes of rounds that are over and have not met their target. */
    private static final Set<String> SHORT = Set.of("SHORT", "PARTIAL");

    private record Answered(String member, String outcome, Duration took) {}

    private final List<Answered> answered = new ArrayList<>();
    private final List<String> running = new ArrayList<>();

    void started(String member) {
        running.add(member);
    }

    void answered(String member, String outcome, Duration took) {
        running.remove(member);
        answered.add(new Answered(member, outcome, took));
    }

    /** It could not be started. */
    void refused(String member) {
        running.remove(member);
    }

    boolean isAnyRunning() {
        return !running.isEmpty();
    }

    private Stream<Answered> of(Optional<String> member) {
        return answered.stream().filter(one -> member.isEmpty() || member.get().equals(one.member()));
    }

    long answered(Optional<String> member) {
        return of(member).count();
    }

    long isShort(Optional<String> member) {
        return of(member).filter(one -> SHORT.contains(one.outcome())).count();
    }

    long late(Optional<String> member) {
        return of(member).filter(one -> one.outcome().equals("DEADLINE")).count();
    }

    double longestMillis(Optional<String> member) {
        return of(member).mapToDouble(one -> one.took().toNanos() / 1e6).max().orElse(0);
    }

    long running(Optional<String> member) {
        return running.stream()
                .filter(one -> member.isEmpty() || member.get().equals(one))
                .count();
    }
}
