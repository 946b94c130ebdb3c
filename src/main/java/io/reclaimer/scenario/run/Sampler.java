package io.reclaimer.scenario.run;

import io.reclaimer.scenario.model.Formats;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import io.reclaimer.scenario.model.ScenarioResult.Point;
import io.reclaimer.scenario.model.ScenarioResult.Series;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import io.reclaimer.scenario.run.ScenarioMember.Cache;
import io.reclaimer.scenario.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/**
 * Lets time pass, and takes samples on the way: of the values of expectations, of the charts, and of faults and pressure. Confined
 * to the thread of the run.
 */
final class Sampler {

    private final Duration interval;
    private final List<ScenarioMember> members;
    private final VirtualTime time;
    private final Timeline timeline;
    private final List<ExpectationMonitor> monitors;
    /** By name. */
    private final Map<String, Series> series = new LinkedHashMap<>();

    private final Map<String, Long> seen = new HashMap<>();

    /** Times of samples beside the regular ones. */
    private final TreeSet<Duration> due = new TreeSet<>();

    private Duration regular = Duration.ZERO;

    Sampler(Scenario scenario, List<ScenarioMember> members, Measurements measurements, Timeline timeline) {
        this.interval = scenario.clock().sampleEvery();
        this.members = members;
        this.time = timeline.time();
        this.timeline = timeline;
        this.monitors = scenario.expectations().stream()
                .map(each -> new ExpectationMonitor(each, measurements, timeline))
                .toList();
        monitors.forEach(monitor -> monitor.due().ifPresent(due::add));
    }

    private Duration next() {
        return due.isEmpty() || regular.compareTo(due.first()) < 0 ? regular : due.first();
    }

    /** Lets time pass until a time since the start. */
    void advanceTo(Duration at) {
        while (next().compareTo(at) <= 0) {
            time.advanceTo(next());
            sample();
        }
        time.advanceTo(at);
    }

    /** Lets time pass until a reply is there. */
    <T> T await(CompletionStage<T> stage) {
        var reply = stage.toCompletableFuture();
        Duration end = timeline.now().plus(ScenarioMember.PATIENCE);
        while (!time.advanceUntil(reply::isDone, next().minus(timeline.now()))
                && timeline.now().compareTo(end) < 0) {
            time.advanceTo(next());
            sample();
        }
        return members.get(0).await(reply);
    }

    /** Takes the samples that are due now. */
    void sample() {
        Duration now = timeline.now();
        while (regular.compareTo(now) <= 0) {
            regular = regular.plus(interval);
        }
        due.headSet(now, true).clear();
        monitors.forEach(monitor -> monitor.sample(now));
        members.forEach(member -> sample(member, now));
    }

    private void sample(ScenarioMember member, Duration now) {
        String prefix = timeline.hasCluster() ? member.name() + " " : "";
        member.caches().forEach((name, cache) -> sample(member, prefix + name, name, cache, now));
        member.heapStatus().ifPresent(status -> {
            point(prefix + "heap", "%", now, member.livePercent());
            if (hasChanged(prefix + "heap state", status.state().ordinal())) {
                timeline.add(
                        member.name(),
                        Kind.HEAP,
                        "pressure " + status.state(),
                        ", " + Formats.number(Math.round(member.livePercent())) + " % of the heap live, "
                                + status.rounds() + " rounds so far freed " + Formats.number(status.freedObjects())
                                + " objects");
            }
        });
    }

    private void sample(ScenarioMember member, String line, String name, Cache cache, Duration now) {
        var state = cache.handle().state();
        if (hasChanged(line + " faults", state.faults())) {
            timeline.add(
                    member.name(),
                    Kind.FAULT,
                    name,
                    ": " + state.lastFault().orElse("no fault any more")
                            + (state.isQuarantined() ? ", in quarantine" : ""));
        }
        cache.contents()
                .byCgroup()
                .forEach((cgroup, objects) ->
                        point(line + " " + member.cgroups().name(cgroup), "objects", now, objects));
    }

    private boolean hasChanged(String key, long value) {
        Long before = seen.put(key, value);
        return before == null ? value != 0 : before != value;
    }

    private void point(String name, String unit, Duration at, double value) {
        series.computeIfAbsent(name, first -> new Series(name, unit, new ArrayList<>()))
                .points()
                .add(new Point(at, value));
    }

    /** Decides all open expectations, after everything has ended. */
    List<Verdict> end() {
        Duration now = timeline.now();
        List<Verdict> verdicts =
                monitors.stream().map(monitor -> monitor.end(now)).toList();
        members.forEach(member -> sample(member, now));
        return verdicts;
    }

    List<Series> series() {
        return series.values().stream()
                .map(line -> new Series(line.name(), line.unit(), List.copyOf(line.points())))
                .toList();
    }
}
