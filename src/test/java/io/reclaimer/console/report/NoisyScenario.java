package io.reclaimer.console.report;

import com.typesafe.config.ConfigFactory;
import io.reclaimer.scenario.CacheModel;
import io.reclaimer.scenario.ClusterModel;
import io.reclaimer.scenario.Expectation;
import io.reclaimer.scenario.Expectation.What;
import io.reclaimer.scenario.Load;
import io.reclaimer.scenario.Position;
import io.reclaimer.scenario.PressureModel;
import io.reclaimer.scenario.RoundModel;
import io.reclaimer.scenario.Scenario;
import io.reclaimer.scenario.ShrinkerModel;
import io.reclaimer.scenario.Step;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerTrait;
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

    public NoisyScenario members(int count) {
        members = count;
        return this;
    }

    public NoisyScenario step(int line, int second, Step.Action action) {
        steps.add(new Step(
                new Position(line, 3),
                Optional.of(Duration.ofSeconds(second)),
                Optional.empty(),
                action,
                Optional.empty()));
        return this;
    }

    public NoisyScenario expectAtLeast(int line, What what, String cgroup, double min) {
        return expect(line, what, cgroup, new Expectation.AtTheEnd(), min);
    }

    public NoisyScenario expect(int line, What what, String cgroup, Expectation.When when, double min) {
        expect.add(new Expectation(
                new Position(line, 5),
                new Expectation.Value(what, Optional.empty(), Optional.empty(), Optional.of(cgroup), Optional.empty()),
                when,
                OptionalDouble.empty(),
                OptionalDouble.of(min),
                OptionalDouble.empty()));
        return this;
    }

    public Scenario scenario() {
        CacheModel cache = new CacheModel(
                CacheModel.WhenEmpty.EMPTY,
                CacheModel.Scan.FULL,
                1,
                Duration.ZERO,
                1,
                0,
                Duration.ofSeconds(1),
                Optional.empty());
        ShrinkerModel pages = new ShrinkerModel(
                "pages",
                Set.of(ShrinkerTrait.CGROUP_AWARE, ShrinkerTrait.NUMA_AWARE),
                2,
                0,
                1024,
                cache,
                List.of(new ShrinkerModel.Held("/quiet", 0, 2_000)));
        Duration minute = Duration.ofMinutes(1);
        Load load = new Load(
                new Position(10, 3),
                Optional.empty(),
                "pages",
                "/noisy",
                0,
                Duration.ZERO,
                minute,
                Duration.ofMillis(100),
                60,
                0.5,
                OptionalLong.empty());
        RoundModel round = new RoundModel(
                "/",
                false,
                List.of(),
                OptionalLong.of(500),
                OptionalLong.empty(),
                12,
                Optional.empty(),
                false,
                false,
                members > 1,
                List.of());
        PressureModel pressure = new PressureModel(
                new Position(14, 3), Optional.empty(), Duration.ofSeconds(1), minute, Duration.ofSeconds(1), round);
        return new Scenario(
                name,
                "who fills the heap pays for it, not who is beside",
                seed,
                List.of("heap"),
                true,
                true,
                ConfigFactory.parseString(settings),
                minute,
                Duration.ofMillis(100),
                List.of(CgroupPath.of("/noisy"), CgroupPath.of("/quiet")),
                List.of(pages),
                List.of(load),
                List.of(pressure),
                Optional.empty(),
                members > 1
                        ? Optional.of(new ClusterModel(members, Duration.ofMillis(1), 0, 0, Duration.ofSeconds(5)))
                        : Optional.empty(),
                steps,
                expect);
    }
}
