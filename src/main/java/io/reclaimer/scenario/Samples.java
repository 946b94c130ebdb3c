package io.reclaimer.scenario;

import io.reclaimer.scenario.ScenarioResult.Kind;
import io.reclaimer.scenario.ScenarioResult.Point;
import io.reclaimer.scenario.ScenarioResult.Series;
import io.reclaimer.scenario.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Looks at everything every so often: whether it is as expected, and what charts show. One thread's. */
final class Samples {

    /** Who is told what was seen. */
    interface Listener {
        void event(String member, Kind kind, String text);
    }

    private final Scenario scenario;
    private final List<ScenarioMember> members;
    private final Values values;
    private final Supplier<Duration> now;
    private final Listener listener;
    private final List<Watch> watches = new ArrayList<>();
    private final Map<String, List<Point>> series = new LinkedHashMap<>();
    private final Map<String, Long> seen = new HashMap<>();

    /** When it has to be looked at beside the usual times. */
    private final TreeSet<Duration> due = new TreeSet<>();

    private Duration usual = Duration.ZERO;

    Samples(
            Scenario scenario,
            List<ScenarioMember> members,
            RoundLog rounds,
            Supplier<Duration> now,
            Listener listener) {
        this.scenario = scenario;
        this.members = members;
        this.values = new Values(members, rounds);
        this.now = now;
        this.listener = listener;
        scenario.expect().forEach(expectation -> {
            Watch watch = new Watch(expectation);
            watches.add(watch);
            watch.due().ifPresent(due::add);
        });
    }

    /** When to {@link #take} the next one. */
    Duration next() {
        return due.isEmpty() || usual.compareTo(due.first()) < 0 ? usual : due.first();
    }

    boolean isBefore(Duration end) {
        return now.get().compareTo(end) < 0;
    }

    void take() {
        Duration at = now.get();
        while (usual.compareTo(at) <= 0) {
            usual = usual.plus(scenario.sampleEvery());
        }
        due.headSet(at, true).clear();
        for (Watch watch : watches) {
            if (watch.isOn(at)) {
                watch.look(at, () -> values.of(watch.expectation().of()));
                watch.verdict().ifPresent(this::tell);
            }
        }
        members.forEach(member -> look(member, at));
    }

    private void look(ScenarioMember member, Duration at) {
        String of = scenario.cluster().isPresent() ? member.name() + " " : "";
        member.caches().forEach((name, cache) -> {
            long faults = cache.handle().state().faults();
            if (changed(of + name + " faults", faults)) {
                listener.event(
                        member.name(),
                        Kind.FAULT,
                        name + ": " + cache.handle().state().lastFault().orElse("no fault any more")
                                + (cache.handle().state().quarantined() ? ", in quarantine" : ""));
            }
            cache.model()
                    .byCgroup()
                    .forEach((cgroup, objects) -> point(of + name + " " + member.nameOf(cgroup), at, objects));
        });
        member.heapStatus().ifPresent(status -> {
            point(of + "heap %", at, member.heapPercent());
            if (changed(of + "heap " + "state", status.state().ordinal())) {
                listener.event(
                        member.name(),
                        Kind.HEAP,
                        "pressure " + status.state() + ", "
                                + Words.number(Math.round(member.heapPercent())) + " % of the heap live, "
                                + status.rounds() + " rounds so far freed "
                                + Words.number(status.freedObjects()) + " objects");
            }
        });
    }

    private boolean changed(String what, long value) {
        Long before = seen.put(what, value);
        return before == null ? value != 0 : before != value;
    }

    private void point(String name, Duration at, double value) {
        series.computeIfAbsent(name, first -> new ArrayList<>()).add(new Point(at, value));
    }

    private void tell(Verdict verdict) {
        listener.event(
                "",
                Kind.EXPECTATION,
                (verdict.passed() ? "as expected: " : "not as expected: ") + verdict.what() + ": " + verdict.actual()
                        + (verdict.passed() ? "" : ", expected " + verdict.expected()));
    }

    /** All is over: what is not decided yet. */
    List<Verdict> end() {
        Duration at = now.get();
        List<Verdict> verdicts = new ArrayList<>();
        for (Watch watch : watches) {
            if (watch.verdict().isEmpty()) {
                watch.end(at, () -> values.of(watch.expectation().of()));
                watch.verdict().ifPresent(this::tell);
            }
            watch.verdict().ifPresent(verdicts::add);
        }
        members.forEach(member -> look(member, at));
        return verdicts;
    }

    List<Series> series() {
        List<Series> all = new ArrayList<>();
        series.forEach((name, points) -> all.add(
                name.endsWith(" %") || name.equals("heap %")
                        ? new Series(name.replace(" %", ""), "%", List.copyOf(points))
                        : new Series(name, "objects", List.copyOf(points))));
        return all;
    }
}
