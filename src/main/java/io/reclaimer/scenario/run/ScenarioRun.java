package io.reclaimer.scenario.run;

import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import io.reclaimer.scenario.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * One run of one scenario.
 *
 * <ol>
 *   <li>The members start, with the initial state.
 *   <li>The steps run in their order. Load, pressure and collections go on by timers meanwhile, and samples are taken.
 *   <li>After the duration, when no round is under way, the open expectations are decided.
 * </ol>
 */
public final class ScenarioRun implements AutoCloseable {

    private static final Duration FOR_EVER = Duration.ofDays(Integer.MAX_VALUE);

    private final Scenario scenario;
    private final Random random;
    private final Timeline timeline;
    private final RoundRequests rounds;
    private final List<ScenarioMember> members = new ArrayList<>();
    private final Sampler sampler;
    private final StepRunner steps;

    private ScenarioRun(Scenario scenario, ScenarioMember.CallStrategy calls) {
        this.scenario = scenario;
        this.random = new Random(scenario.seed());
        VirtualTime time = new VirtualTime();
        this.timeline = new Timeline(time, scenario.setup().cluster().isPresent());
        this.rounds = new RoundRequests(timeline);
        var environment = new ScenarioMember.Environment(scenario, time, random, calls);
        int count = scenario.setup().cluster().map(Scenario.Cluster::members).orElse(1);
        try {
            for (int i = 1; i <= count; i++) {
                members.add(new ScenarioMember("member" + i, environment, rounds::addHeapRound));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        Optional<VirtualCluster> cluster =
                scenario.setup().cluster().map(model -> new VirtualCluster(model, time, new Random(random.nextLong())));
        cluster.ifPresent(all -> members.forEach(member -> all.add(member.name(), member.reclaimer())));
        cluster.ifPresent(rounds::setCluster);
        time.restart();
        this.sampler = new Sampler(scenario, members, new Measurements(members, rounds), timeline);
        this.steps = new StepRunner(members, cluster, rounds, sampler, timeline);
    }

    /** Runs a scenario to its end. */
    public static ScenarioResult run(Scenario scenario) {
        return run(scenario, DelayedCalls.of(scenario));
    }

    /** Runs a scenario whose caches are called in another way. */
    static ScenarioResult run(Scenario scenario, ScenarioMember.CallStrategy calls) {
        try (ScenarioRun run = new ScenarioRun(scenario, calls)) {
            return run.run();
        }
    }

    private ScenarioResult run() {
        scenario.course().load().forEach(this::start);
        scenario.course().pressure().forEach(this::start);
        scenario.setup()
                .heap()
                .ifPresent(heap -> repeat(
                        new Scenario.Repetition(heap.collectEvery(), FOR_EVER, heap.collectEvery()),
                        () -> members.forEach(ScenarioMember::collect)));
        sampler.sample();
        scenario.course().steps().forEach(steps::run);
        Duration duration = scenario.clock().duration();
        sampler.advanceTo(duration);
        Duration end = duration.plus(ScenarioMember.PATIENCE);
        while (rounds.isAnyRunning() && timeline.now().compareTo(end) < 0) {
            sampler.advanceTo(timeline.now().plus(scenario.clock().sampleEvery()));
        }
        List<Verdict> verdicts = new ArrayList<>(steps.verdicts());
        verdicts.addAll(sampler.end());
        return new ScenarioResult(scenario, timeline.now(), verdicts, timeline.events(), sampler.series());
    }

    private void start(Scenario.Load load) {
        List<ScenarioMember> targets = ScenarioMember.named(load.member(), members);
        repeat(
                load.times(),
                () -> targets.stream().filter(member -> !member.isDown()).forEach(member -> add(member, load)));
    }

    private void add(ScenarioMember member, Scenario.Load load) {
        double share = 1 + load.spread() * (2 * random.nextDouble() - 1);
        long objects = Math.round(load.objects() * share);
        if (load.upTo().isPresent()) {
            long left = load.upTo().getAsLong() - member.contents(load.cell()).objects(member.slot(load.cell()));
            objects = Math.min(objects, Math.max(0, left));
        }
        if (objects > 0) {
            member.add(load.cell(), objects);
        }
    }

    private void start(Scenario.Pressure pressure) {
        ScenarioMember member = ScenarioMember.named(pressure.member(), members).get(0);
        boolean[] running = {false};
        repeat(pressure.times(), () -> {
            if (!running[0] && !member.isDown()) {
                running[0] = true;
                rounds.request(member, pressure.round(), "pressure").whenComplete((done, why) -> running[0] = false);
            }
        });
    }

    private void repeat(Scenario.Repetition times, Runnable task) {
        if (times.from().compareTo(times.to()) < 0) {
            timeline.time().after(times.from().minus(timeline.now()), () -> {
                task.run();
                repeat(new Scenario.Repetition(times.from().plus(times.every()), times.to(), times.every()), task);
            });
        }
    }

    /** Stops the members, the last one first. */
    @Override
    public void close() {
        for (int i = members.size() - 1; i >= 0; i--) {
            members.get(i).close();
        }
    }
}
