package io.reclaimer.console.report;

import com.typesafe.config.ConfigFactory;
import io.reclaimer.scenario.model.CacheBehaviour;
import io.reclaimer.scenario.model.Cell;
import io.reclaimer.scenario.model.Expectation;
import io.reclaimer.scenario.model.Expectation.What;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.Step;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Builds a scenario of one minute: {@code /noisy} adds objects all the time, {@code /quiet} keeps its objects, and a
 * round every second reclaims from both.
 */
public final class NoisyScenario {

    public static final String NAME = "noisy neighbour";

    private final List<Expectation> expect = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private String name = NAME;
    private String settings = "";
    private long seed = 1;
    private int members = 1;
    private Duration duration = Duration.ofMinutes(1);

    public NoisyScenario named(String other) {
        name = other;
        return this;
    }

    public NoisyScenario settings(String hocon) {
        settings = hocon;
        return this;
    }

    public NoisyScenario seed(long other) {
        seed = other;
        return this;
    }

    /** Makes the scenario last for two seconds. */
    public NoisyScenario brief() {
        duration = Duration.ofSeconds(2);
        return this;
    }

    public NoisyScenario members(int count) {
        members = count;
        return this;
    }

    public NoisyScenario step(int line, int second, Step.Action action) {
        steps.add(new Step(line, Optional.of(Duration.ofSeconds(second)), Optional.empty(), action, Optional.empty()));
        return this;
    }

    public NoisyScenario expectAtLeast(int line, What what, String cgroup, double min) {
        return expect(line, what, cgroup, Expectation.When.AT_THE_END, min);
    }

    public NoisyScenario expect(int line, What what, String cgroup, Expectation.When when, double min) {
        expect.add(new Expectation(
                line,
                new Expectation.Value(what, Optional.empty(), Optional.empty(), Optional.of(cgroup), Optional.empty()),
                when,
                OptionalDouble.empty(),
                OptionalDouble.of(min),
                OptionalDouble.empty()));
        return this;
    }

    public Scenario scenario() {
        CacheBehaviour behaviour = new CacheBehaviour(
                CacheBehaviour.WhenEmpty.EMPTY,
                new CacheBehaviour.Scan(CacheBehaviour.Mode.FULL, 1),
                Duration.ZERO,
                1,
                new CacheBehaviour.Refaults(0, Duration.ofSeconds(1)),
                Optional.empty());
        Scenario.Shrinker pages = new Scenario.Shrinker(
                ShrinkerSpec.named("pages").byCgroup().byNode().objectBytes(1024),
                behaviour,
                List.of(new Scenario.Contents(new Cell("pages", "/quiet", 0), 2_000)));
        Duration second = Duration.ofSeconds(1);
        Scenario.Load load = new Scenario.Load(
                Optional.empty(),
                new Cell("pages", "/noisy", 0),
                new Scenario.Repetition(Duration.ZERO, duration, Duration.ofMillis(100)),
                60,
                0.5,
                OptionalLong.empty());
        Scenario.Round round = new Scenario.Round(
                new Scenario.Scope("/", false, List.of(), members > 1, List.of()),
                OptionalLong.of(500),
                OptionalLong.empty(),
                12,
                Optional.empty(),
                Set.of());
        return new Scenario(
                name,
                "who fills the heap pays for it, not who is beside",
                new Scenario.Clock(seed, duration, Duration.ofMillis(100)),
                new Scenario.Setup(
                        new Scenario.Engine(List.of("heap"), true, true, ConfigFactory.parseString(settings)),
                        List.of(CgroupPath.of("/noisy"), CgroupPath.of("/quiet")),
                        List.of(pages),
                        Optional.empty(),
                        members > 1
                                ? Optional.of(new Scenario.Cluster(
                                        members, Duration.ofMillis(1), 0, 0, Duration.ofSeconds(5)))
                                : Optional.empty()),
                new Scenario.Course(
                        steps,
                        List.of(load),
                        List.of(new Scenario.Pressure(
                                Optional.empty(), new Scenario.Repetition(second, duration, second), round))),
                expect);
    }
}
