package io.reclaimer.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.scenario.ScenarioResult.Event;
import io.reclaimer.scenario.ScenarioResult.Kind;
import io.reclaimer.scenario.ScenarioResult.Verdict;
import io.reclaimer.shrinker.ReclaimerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One run of one scenario.
 *
 * <ol>
 *   <li>The members come up, with what is there from the beginning.
 *   <li>Steps are done in their order; meanwhile load, pressure and collections go on by their timers, and every so often it is
 *       looked whether all is as expected.
 *   <li>When the duration is over and every round has answered, what is expected of the end is looked at.
 * </ol>
 */
final class ScenarioRun implements AutoCloseable {

    private final Scenario scenario;
    private final VirtualTime time = new VirtualTime();
    private final Random random;
    private final List<ScenarioMember> members = new ArrayList<>();
    private final @Nullable ScenarioCluster cluster;
    private final RoundLog rounds = new RoundLog();
    private final Samples samples;
    private final List<Event> timeline = new ArrayList<>();
    private final List<Verdict> stepVerdicts = new ArrayList<>();
    private final Duration begin;

    ScenarioRun(Scenario scenario, ScenarioMember.Calls calls) {
        this.scenario = scenario;
        this.random = new Random(scenario.seed());
        int count = scenario.cluster().map(ClusterModel::members).orElse(1);
        Config settings = settings();
        try {
            for (int i = 1; i <= count; i++) {
                members.add(new ScenarioMember("member" + i, scenario, time, settings, random, calls, this::heapRound));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        this.cluster = scenario.cluster()
                .map(model -> new ScenarioCluster(model, members, time, new Random(random.nextLong())))
                .orElse(null);
        this.begin = time.elapsed();
        this.samples = new Samples(scenario, members, rounds, this::now, this::event);
    }

    private Config settings() {
        String nodes = String.join(",", scenario.nodes());
        return ConfigFactory.parseString("reclaimer.nodes = [" + nodes + "]\nreclaimer.cgroups-enabled = "
                        + scenario.cgroupsEnabled() + "\nreclaimer.object-accounting = " + scenario.kmemOnline())
                .withFallback(scenario.settings().atPath("reclaimer"));
    }

    private Duration now() {
        return time.elapsed().minus(begin);
    }

    private void event(String member, Kind kind, String text) {
        timeline.add(new Event(now(), scenario.cluster().isPresent() ? member : "", kind, text));
    }

    ScenarioResult run() {
        scenario.load().forEach(this::load);
        scenario.pressure().forEach(this::pressure);
        scenario.heap()
                .ifPresent(heap -> repeat(
                        heap.collectEvery(),
                        heap.collectEvery(),
                        Duration.ofDays(Integer.MAX_VALUE),
                        () -> members.forEach(ScenarioMember::collect)));
        samples.take();
        for (Step step : scenario.steps()) {
            step.at().ifPresent(this::advanceTo);
            run(step);
        }
        advanceTo(scenario.duration());
        while (rounds.isAnyRunning() && samples.isBefore(scenario.duration().plus(ScenarioMember.PATIENCE))) {
            advanceTo(now().plus(scenario.sampleEvery()));
        }
        List<Verdict> verdicts = new ArrayList<>(stepVerdicts);
        verdicts.addAll(samples.end());
        return new ScenarioResult(scenario, now(), verdicts, timeline, samples.series());
    }

    /** Lets the time go by, and looks at what is expected meanwhile. */
    private void advanceTo(Duration at) {
        while (samples.next().compareTo(at) <= 0) {
            time.advanceTo(begin.plus(samples.next()));
            samples.take();
        }
        time.advanceTo(begin.plus(at));
    }

    private <T> T await(CompletionStage<T> stage) {
        var future = stage.toCompletableFuture();
        Duration end = now().plus(ScenarioMember.PATIENCE);
        while (!time.advanceUntil(future::isDone, samples.next().minus(now())) && now().compareTo(end) < 0) {
            time.advanceTo(begin.plus(samples.next()));
            samples.take();
        }
        return members.get(0).await(future);
    }

    private List<ScenarioMember> on(Step step) {
        return step.member().map(name -> List.of(member(name))).orElse(members);
    }

    private ScenarioMember member(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ScenarioFault("there is no member [" + name + "]"));
    }

    private ScenarioMember first(Step step) {
        return step.member().map(this::member).orElse(members.get(0));
    }

    private void run(Step step) {
        event(step.member().orElse(""), Kind.STEP, Words.of(step.action()));
        try {
            Object answer = act(step);
            step.expect().ifPresent(expected -> verdict(step, expected, answer));
        } catch (ReclaimerException | ScenarioFault | IllegalArgumentException e) {
            failed(step, e);
        } catch (CompletionException e) {
            failed(step, e.getCause() == null ? e : e.getCause());
        }
    }

    private void failed(Step step, Throwable why) {
        stepVerdicts.add(new Verdict(
                step.position(), false, Words.of(step.action()), "done", String.valueOf(why.getMessage()), now()));
    }

    private void verdict(Step step, ConfigObject expected, Object answer) {
        Map<String, Object> wanted = expected.unwrapped();
        boolean partial = step.action() instanceof Step.Round;
        boolean passed = answer instanceof Map<?, ?> actual
                && wanted.entrySet().stream()
                        .allMatch(entry -> actual.containsKey(entry.getKey())
                                && Answers.isAsExpected(entry.getValue(), actual.get(entry.getKey()), partial));
        stepVerdicts.add(new Verdict(
                step.position(), passed, Words.of(step.action()), wanted.toString(), answer.toString(), now()));
    }

    /** What it answers; empty where there is nothing to say. */
    private Object act(Step step) {
        Step.Action action = step.action();
        if (action instanceof Step.Online online) {
            on(step).forEach(member -> member.online(online.cgroup(), online.parent()));
        } else if (action instanceof Step.Offline offline) {
            on(step).forEach(member -> member.offline(offline.cgroup()));
        } else if (action instanceof Step.Alloc alloc) {
            int id = -1;
            for (ScenarioMember member : on(step)) {
                id = member.alloc(alloc.shrinker());
            }
            return Answers.id(id);
        } else if (action instanceof Step.Register register) {
            on(step).forEach(member -> member.register(register.shrinker()));
        } else if (action instanceof Step.Free free) {
            on(step).forEach(member -> member.free(free.shrinker()));
        } else if (action instanceof Step.Put put) {
            on(step).forEach(member -> member.put(put.shrinker(), put.cgroup(), put.node(), put.objects()));
        } else if (action instanceof Step.Late late) {
            on(step).forEach(member -> member.late(late.shrinker(), late.cgroup(), late.node(), late.objects()));
        } else if (action instanceof Step.Add add) {
            on(step).forEach(member -> member.add(add.shrinker(), add.cgroup(), add.node(), add.objects()));
        } else if (action instanceof Step.Remove remove) {
            on(step).forEach(
                            member -> member.take(remove.shrinker(), remove.cgroup(), remove.node(), remove.objects()));
        } else if (action instanceof Step.SetBit bit) {
            on(step).forEach(member -> member.setBit(bit.shrinker(), bit.cgroup(), bit.node()));
        } else if (action instanceof Step.Change change) {
            on(step).forEach(member -> member.cache(change.shrinker()).model().change(change.cache()));
        } else if (action instanceof Step.Shrink shrink) {
            ScenarioMember member = first(step);
            member.takeTrace();
            var report = member.shrink(shrink.cgroup(), shrink.node(), shrink.priority());
            return Answers.pass(report, member.takeTrace());
        } else if (action instanceof Step.Dump) {
            return Answers.dump(first(step).state(), first(step));
        } else if (action instanceof Step.Round round) {
            CompletionStage<Object> answer = request(first(step), round.round(), "round");
            return round.apart() ? Map.of() : await(answer);
        } else if (action instanceof Step.Wait pause) {
            advanceTo(now().plus(pause.duration()));
        } else {
            down(first(step), action);
        }
        return Map.of();
    }

    private void down(ScenarioMember member, Step.Action action) {
        if (cluster == null) {
            throw new ScenarioFault("there is no cluster");
        }
        if (action instanceof Step.Wake) {
            cluster.wake(member);
        } else {
            cluster.down(member, action instanceof Step.Kill);
        }
    }

    /** Answered with what a step of it answers. */
    private CompletionStage<Object> request(ScenarioMember member, RoundModel model, String who) {
        ReclaimRequest request = requestOf(member, model);
        Duration start = now();
        rounds.started(member.name());
        CompletionStage<Object> answer;
        if (model.overCluster() && cluster != null) {
            answer = cluster.reclaim(member, request, model.members()).thenApply(report -> {
                rounds.answered(member.name(), report.outcome().name(), now().minus(start));
                event(member.name(), Kind.ROUND, Words.of(who, model, report));
                return Answers.round(report);
            });
        } else {
            answer = member.reclaimer().reclaim(request).thenApply(report -> {
                rounds.answered(member.name(), report.outcome().name(), now().minus(start));
                event(member.name(), Kind.ROUND, Words.of(who, model, report));
                return Answers.round(report);
            });
        }
        return answer.whenComplete((done, why) -> {
            if (why != null) {
                rounds.refused(member.name());
                event(member.name(), Kind.ROUND, who + " over " + model.cgroup() + " refused: " + Words.of(why));
            }
        });
    }

    /** One that the heap's pressure has started by itself. */
    private void heapRound(String member, CompletionStage<ReclaimReport> round) {
        rounds.started(member);
        round.whenComplete((report, why) -> {
            if (why != null) {
                rounds.refused(member);
                event(member, Kind.ROUND, "heap pressure refused: " + Words.of(why));
            } else {
                rounds.answered(member, report.outcome().name(), report.elapsed());
                event(member, Kind.ROUND, Words.of("heap pressure", RoundModel.EVERYWHERE, report));
            }
        });
    }

    private static ReclaimRequest requestOf(ScenarioMember member, RoundModel model) {
        ReclaimRequest request = ReclaimRequest.in(member.path(model.cgroup())).startingAt(model.priority());
        if (model.alone()) {
            request = request.alone();
        }
        if (!model.nodes().isEmpty()) {
            request = request.onNodes(
                    model.nodes().stream().mapToInt(Integer::intValue).toArray());
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
        if (model.background()) {
            request = request.background();
        }
        return model.losslessOnly() ? request.losslessOnly() : request;
    }

    private void load(Load load) {
        List<ScenarioMember> on =
                load.member().map(name -> List.of(member(name))).orElse(members);
        repeat(
                load.from(),
                load.every(),
                load.to(),
                () -> on.stream().filter(member -> !member.isDown()).forEach(member -> load(member, load)));
    }

    private void load(ScenarioMember member, Load load) {
        double share = 1 + load.spread() * (2 * random.nextDouble() - 1);
        long objects = Math.round(load.objects() * share);
        if (load.upTo().isPresent()) {
            long room = load.upTo().getAsLong() - member.objects(load.shrinker(), load.cgroup(), load.node());
            objects = Math.min(objects, Math.max(0, room));
        }
        if (objects > 0) {
            member.add(load.shrinker(), load.cgroup(), load.node(), objects);
        }
    }

    private void pressure(PressureModel pressure) {
        ScenarioMember member = pressure.member().map(this::member).orElse(members.get(0));
        boolean[] running = {false};
        repeat(pressure.from(), pressure.every(), pressure.to(), () -> {
            if (!running[0] && !member.isDown()) {
                running[0] = true;
                request(member, pressure.round(), "pressure").whenComplete((done, why) -> running[0] = false);
            }
        });
    }

    private void repeat(Duration from, Duration every, Duration to, Runnable what) {
        if (from.compareTo(to) < 0) {
            time.after(begin.plus(from).minus(time.elapsed()), () -> {
                what.run();
                repeat(from.plus(every), every, to, what);
            });
        }
    }

    @Override
    public void close() {
        IntStream.range(0, members.size())
                .mapToObj(i -> members.get(members.size() - 1 - i))
                .forEach(ScenarioMember::close);
    }
}
