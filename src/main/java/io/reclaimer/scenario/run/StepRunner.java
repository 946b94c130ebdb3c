package io.reclaimer.scenario.run;

import com.typesafe.config.ConfigObject;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import io.reclaimer.scenario.model.Step;
import io.reclaimer.shrinker.ReclaimerException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/** Does steps, and decides about their replies. Confined to the thread of the run. */
final class StepRunner {

    private final List<ScenarioMember> members;
    private final Optional<VirtualCluster> cluster;
    private final RoundRequests rounds;
    private final Sampler sampler;
    private final Timeline timeline;
    private final Map<Class<?>, BiFunction<Step, Step.Action, Map<String, Object>>> actions = new HashMap<>();
    private final List<Verdict> verdicts = new ArrayList<>();

    StepRunner(
            List<ScenarioMember> members,
            Optional<VirtualCluster> cluster,
            RoundRequests rounds,
            Sampler sampler,
            Timeline timeline) {
        this.members = members;
        this.cluster = cluster;
        this.rounds = rounds;
        this.sampler = sampler;
        this.timeline = timeline;
        onEach(Step.Online.class, (member, step) -> member.online(step.cgroup(), step.parent()));
        onEach(Step.Offline.class, (member, step) -> member.offline(step.cgroup()));
        onEach(Step.Register.class, (member, step) -> member.register(step.shrinker()));
        onEach(Step.Free.class, (member, step) -> member.free(step.shrinker()));
        onEach(
                Step.Change.class,
                (member, step) -> member.cache(step.shrinker()).contents().change(step.behaviour()));
        onEach(
                Step.Put.class,
                (member, step) -> member.contents(step.cell()).add(member.slot(step.cell()), step.objects()));
        onEach(
                Step.Late.class,
                (member, step) -> member.contents(step.cell()).addLate(member.slot(step.cell()), step.objects()));
        onEach(Step.Add.class, (member, step) -> member.add(step.cell(), step.objects()));
        onEach(
                Step.Remove.class,
                (member, step) -> member.contents(step.cell()).remove(member.slot(step.cell()), step.objects()));
        onEach(Step.SetBit.class, (member, step) -> member.setBit(step.cell()));
        on(Step.Alloc.class, this::alloc);
        onFirst(Step.Shrink.class, StepRunner::shrink);
        onFirst(Step.Dump.class, (member, step) -> StepReplies.dump(member.state(), member.cgroups()));
        onFirst(Step.Round.class, this::round);
        on(Step.Wait.class, this::pause);
        onEach(Step.Kill.class, (member, step) -> stop(member, true));
        onEach(Step.Freeze.class, (member, step) -> stop(member, false));
        onEach(Step.Wake.class, (member, step) -> wake(member));
    }

    private <A extends Step.Action> void on(Class<A> type, BiFunction<Step, A, Map<String, Object>> effect) {
        actions.put(type, (step, action) -> effect.apply(step, type.cast(action)));
    }

    /** An action on the member of the step, or on every member. It has no reply. */
    private <A extends Step.Action> void onEach(Class<A> type, BiConsumer<ScenarioMember, A> effect) {
        on(type, (step, action) -> {
            members(step).forEach(member -> effect.accept(member, action));
            return Map.of();
        });
    }

    /** An action on the member of the step, or on the first. */
    private <A extends Step.Action> void onFirst(
            Class<A> type, BiFunction<ScenarioMember, A, Map<String, Object>> effect) {
        on(type, (step, action) -> effect.apply(members(step).get(0), action));
    }

    private List<ScenarioMember> members(Step step) {
        return ScenarioMember.named(step.member(), members);
    }

    /** The verdicts of the steps so far, in their order. */
    List<Verdict> verdicts() {
        return verdicts;
    }

    void run(Step step) {
        step.at().ifPresent(sampler::advanceTo);
        timeline.add(step.member().orElse(""), Kind.STEP, step.action());
        try {
            var effect = Objects.requireNonNull(actions.get(step.action().getClass()), step.action()::verb);
            Map<String, Object> reply = effect.apply(step, step.action());
            step.expect().ifPresent(expected -> check(step, expected, reply));
        } catch (ReclaimerException | IllegalArgumentException e) {
            fail(step, e);
        } catch (CompletionException e) {
            fail(step, e.getCause() == null ? e : e.getCause());
        }
    }

    private void fail(Step step, Throwable why) {
        decide(step, false, "done", String.valueOf(why.getMessage()));
    }

    /** The reply may have more keys than expected; in a round, so may the objects in it. */
    private void check(Step step, ConfigObject expected, Map<String, Object> reply) {
        Map<String, Object> wanted = expected.unwrapped();
        boolean partial = step.action() instanceof Step.Round;
        boolean passed = wanted.entrySet().stream()
                .allMatch(entry -> reply.containsKey(entry.getKey())
                        && StepReplies.isAsExpected(entry.getValue(), reply.get(entry.getKey()), partial));
        decide(step, passed, wanted.toString(), reply.toString());
    }

    private void decide(Step step, boolean passed, String expected, String actual) {
        verdicts.add(new Verdict(step.line(), passed, step.action().text(), expected, actual, timeline.now()));
    }

    private Map<String, Object> alloc(Step step, Step.Alloc alloc) {
        int id = -1;
        for (ScenarioMember member : members(step)) {
            id = member.alloc(alloc.definition());
        }
        return Map.of("id", id);
    }

    private static Map<String, Object> shrink(ScenarioMember member, Step.Shrink shrink) {
        member.takeTrace();
        var report = member.shrink(shrink.cgroup(), shrink.node(), shrink.priority());
        return StepReplies.pass(report, member.takeTrace());
    }

    private Map<String, Object> round(ScenarioMember member, Step.Round step) {
        var round = rounds.request(member, step.round(), "round");
        return step.apart() ? Map.of() : StepReplies.round(sampler.await(round));
    }

    private Map<String, Object> pause(Step step, Step.Wait pause) {
        sampler.advanceTo(timeline.now().plus(pause.duration()));
        return Map.of();
    }

    private void stop(ScenarioMember member, boolean forGood) {
        cluster().stop(member.name(), forGood);
        member.setDown(true);
    }

    private void wake(ScenarioMember member) {
        cluster().wake(member.name());
        member.setDown(false);
    }

    private VirtualCluster cluster() {
        return cluster.orElseThrow(() -> new IllegalArgumentException("there is no cluster"));
    }
}
