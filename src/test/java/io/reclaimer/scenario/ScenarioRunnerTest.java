package io.reclaimer.scenario;

import static io.reclaimer.scenario.ScenarioFileTest.scenario;
import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.scenario.model.Expectation;
import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What runs of scenarios come to. */
class ScenarioRunnerTest {

    private static final String SHOP = """
            duration = 20s, sampleEvery = 1s
            cgroups = [/shop]
            shrinkers.pages { objects = [{ cgroup = /shop, objects = 1000 }] }
            """;

    private static ScenarioResult run(String text) {
        return ScenarioRunner.run(scenario(text));
    }

    /** The same, but for who asked. */
    private static List<Object> all(ScenarioResult result) {
        return List.of(result.elapsed(), result.verdicts(), result.timeline(), result.series());
    }

    private static String noisy(long seed) {
        return SHOP + "seed = " + seed + """

                shrinkers.pages.model { refaults = 0.5, faults { kind = THROW, rate = 0.2 } }
                load = [{ shrinker = pages, cgroup = /shop, every = 100 ms, objects = 100, spread = 0.9 }]
                pressure = [{ every = 1s, round.objects = 500 }]
                """;
    }

    @Test
    void sameScenarioWithTheSameSeedGivesTheSame() {
        assertThat(all(run(noisy(7)))).isEqualTo(all(run(noisy(7))));
    }

    @Test
    void anotherSeedGivesAnotherCourse() {
        assertThat(run(noisy(7)).timeline()).isNotEqualTo(run(noisy(8)).timeline());
    }

    @Test
    void anHourGoesByInItsOwnTime() {
        ScenarioResult result =
                run("duration = 1h, cgroups = [/a], shrinkers.s {}\npressure = [{ every = 1m, round {} }]\n"
                        + "expect = [{ what = rounds, min = 59 }]");
        assertThat(result.elapsed()).isGreaterThanOrEqualTo(Duration.ofHours(1));
        assertThat(result.failures()).isEmpty();
    }

    /** 1,000 objects, of which a step takes 400 out at 10 s. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "is = 600| true",
                "is = 1000| false",
                "min = 600, max = 600| true",
                "min = 601| false",
                "max = 599| false",
                "at = 9s, is = 1000| true",
                "at = 11s, is = 1000| false",
                "eventuallyWithin = 15s, is = 600| true",
                "eventuallyWithin = 5s, is = 600| false",
                "from = 9s, eventuallyWithin = 5s, is = 600| true",
                "from = 12s, eventuallyWithin = 5s, is = 1000| false",
                "always = true, min = 600| true",
                "always = true, is = 1000| false",
                "always = true, from = 12s, is = 600| true",
                "always = true, to = 9s, is = 1000| true",
                "never = true, is = 400| true",
                "never = true, is = 600| false",
                "never = true, to = 9s, is = 600| true",
                "never = true, from = 12s, is = 1000| true",
            })
    void expectationLooksWhenItSays(String when, boolean passes) {
        ScenarioResult result = run(SHOP + "steps = [{ at = 10s, op = remove, shrinker = pages, cgroup = /shop,"
                + " objects = 400 }]\nexpect = [{ what = objects, " + when + " }]");
        assertThat(result.verdicts())
                .singleElement()
                .extracting(Verdict::passed)
                .isEqualTo(passes);
        assertThat(result.passed()).isEqualTo(passes);
    }

    @Test
    void failedVerdictSaysWhatWasExpectedAndWhatItWasAndWhere() {
        Verdict verdict = run(SHOP + "expect = [{ what = objects, shrinker = pages, at = 5s, max = 10 }]")
                .failures()
                .get(0);
        assertThat(verdict.expected()).isEqualTo("at most 10");
        assertThat(verdict.actual()).isEqualTo("1,000");
        assertThat(verdict.what()).contains("objects of pages").contains("at 5s");
        assertThat(verdict.line()).isEqualTo(4);
        assertThat(verdict.at()).isEqualTo(Duration.ofSeconds(5));
    }

    /** Against one that is 0 whatever happens. */
    @Test
    void valuesTellWhatHappened() {
        String expected = Arrays.stream(Expectation.What.values())
                .filter(what -> switch (what) {
                    case LOST,
                            CALLS_AFTER_FREED,
                            RUNNING_ROUNDS,
                            LATE_ROUNDS,
                            SHORT_ROUNDS,
                            DEFERRED,
                            BITS,
                            QUARANTINED -> false;
                    default -> true;
                })
                .map(what -> "{ what = " + what.word() + ", cgroup = /shop, min = 0.001 }")
                .collect(Collectors.joining("\n"));
        ScenarioResult result = run(SHOP + """
                shrinkers.pages.model { refaults = 0.5, latency = 5 ms, faults { kind = THROW, every = 3 } }
                load = [{ shrinker = pages, cgroup = /shop, every = 1s, objects = 500 }]
                pressure = [{ every = 1s, round.objects = 200 }]
                heap { limit = 10 MiB, collectEvery = 5s }
                """ + "expect = [" + expected + "]");
        assertThat(result.failures()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "op = online, cgroup = /shop/a/b/c/d/e/f, expect { never = said }",
                "op = offline, cgroup = /nowhere",
                "op = setBit, shrinker = pages, cgroup = /nowhere",
                "op = add, shrinker = pages, cgroup = /nowhere, objects = 5",
                "op = register, shrinker = pages",
            })
    void stepThatCanNotBeDoneIsAFailedVerdict(String step) {
        ScenarioResult result = run(SHOP + "steps = [{ at = 1s, " + step + " }]\nexpect = [{ what = lost, is = 0 }]");
        assertThat(result.verdicts()).hasSize(2);
        assertThat(result.verdicts().get(0).passed()).isFalse();
        assertThat(result.verdicts().get(0).actual()).isNotBlank().isNotEqualTo("null");
        assertThat(result.verdicts().get(0).line()).isEqualTo(4);
        assertThat(result.verdicts().get(1).passed()).as("it goes on").isTrue();
    }
}
