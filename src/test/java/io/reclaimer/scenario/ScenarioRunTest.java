package io.reclaimer.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.scenario.model.Expectation;
import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import io.reclaimer.scenario.time.RunningSystems;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The course and the result of a scenario. */
class ScenarioRunTest {

    /** One tenant with a thousand objects, of which half are freed after five seconds. */
    private static final String HALVED = """
            duration = 10s
            cgroups = [/a]
            shrinkers.pages { objects = [{ cgroup = /a, objects = 1000 }] }
            steps = [{ at = 5s, op = round, objects = 512 }]
            """;

    private static ScenarioResult run(String... lines) {
        return ScenarioRunner.run(
                ScenarioFile.parse("test", String.join("\n", lines)).get(0));
    }

    private static List<Boolean> passed(ScenarioResult result) {
        return result.verdicts().stream().map(Verdict::passed).toList();
    }

    private static String noisy(long seed) {
        return "seed = " + seed + """

                duration = 20s, cgroups = [/shop]
                shrinkers.pages {
                  objects = [{ cgroup = /shop, objects = 1000 }]
                  model { refaults = 0.5, faults { kind = THROW, rate = 0.2 } }
                }
                load = [{ shrinker = pages, cgroup = /shop, every = 100 ms, objects = 100, spread = 0.9 }]
                pressure = [{ every = 1s, round.objects = 500 }]
                """;
    }

    @Test
    void sameSeedGivesTheSameResultAndAnotherSeedAnotherOne() {
        ScenarioResult one = run(noisy(7));
        ScenarioResult same = run(noisy(7));
        assertThat(same.elapsed()).isEqualTo(one.elapsed());
        assertThat(same.verdicts()).isEqualTo(one.verdicts());
        assertThat(same.timeline()).isEqualTo(one.timeline());
        assertThat(same.series()).isEqualTo(one.series());
        assertThat(run(noisy(8)).timeline()).isNotEqualTo(one.timeline());
    }

    @Test
    void anHourGoesByInItsOwnTime() {
        ScenarioResult result =
                run("duration = 1h, cgroups = [/a], shrinkers.s {}\npressure = [{ every = 1m, round {} }]\n"
                        + "expect = [{ what = rounds, min = 59 }]");
        assertThat(result.elapsed()).isGreaterThanOrEqualTo(Duration.ofHours(1));
        assertThat(result.failures()).isEmpty();
    }

    @Test
    void expectationLooksWhenItSays() {
        List<String> holds = List.of(
                "is = 488",
                "min = 488, max = 488",
                "at = 4s, is = 1000",
                "at = 6s, is = 488",
                "eventuallyWithin = 6s, max = 500",
                "from = 4s, eventuallyWithin = 3s, is = 488",
                "always = true, min = 488",
                "always = true, from = 6s, is = 488",
                "always = true, to = 4s, is = 1000",
                "never = true, is = 512",
                "never = true, to = 4s, is = 488",
                "never = true, from = 6s, is = 1000");
        List<String> fails = List.of(
                "at = 4s, is = 488",
                "is = 1000",
                "min = 489",
                "max = 487",
                "at = 6s, is = 1000",
                "eventuallyWithin = 4s, max = 500",
                "from = 6s, eventuallyWithin = 1s, is = 1000",
                "always = true, is = 1000",
                "never = true, is = 488");
        ScenarioResult result = run(HALVED, "expect = [", each(holds), each(fails), "]");
        assertThat(result.verdicts()).hasSize(holds.size() + fails.size());
        assertThat(passed(result).subList(0, holds.size())).containsOnly(true);
        assertThat(passed(result).subList(holds.size(), result.verdicts().size()))
                .containsOnly(false);
        assertThat(result.failures().get(0))
                .extracting(Verdict::what, Verdict::expected, Verdict::actual, Verdict::at, Verdict::line)
                .containsExactly("objects, at 4s", "488", "1,000", Duration.ofSeconds(4), 7 + holds.size());
        assertThat(result.failures()).last().extracting(Verdict::expected).isEqualTo("not 488");
        assertThat(result.passed()).isFalse();
        assertThat(result.elapsed()).isEqualTo(Duration.ofSeconds(10));
    }

    private static String each(List<String> expectations) {
        return expectations.stream()
                .map(expectation -> "{ what = objects, " + expectation + " }")
                .collect(Collectors.joining("\n"));
    }

    /** A step that can't be done, or answers something else, is a verdict, and the next one is done. */
    @Test
    void stepThatIsNotAsExpectedIsAVerdict() {
        ScenarioResult result = run("""
                cgroups = [/a]
                shrinkers.pages {}
                steps = [
                  { op = offline, cgroup = /nowhere }
                  { op = register, shrinker = pages }
                  { op = add, shrinker = pages, cgroup = /nowhere, objects = 5 }
                  { op = online, cgroup = /a/b/c/d/e/f, expect { never = said } }
                  { op = round, objects = 10, expect { outcome = TARGET_REACHED } }
                  { op = round, objects = 10, expect { outcome = TARGET_MISSED, freed = 0 } }
                  { op = setBit, shrinker = pages, cgroup = /never }
                ]
                """);
        assertThat(passed(result)).containsExactly(false, false, false, false, false, true, false);
        assertThat(result.failures()).extracting(Verdict::line).containsExactly(4, 5, 6, 7, 8, 10);
        assertThat(result.failures())
                .extracting(Verdict::actual)
                .allSatisfy(actual -> assertThat(actual).isNotBlank().isNotEqualTo("null"));
        assertThat(result.failures().get(0).actual()).contains("/nowhere");
        assertThat(result.failures().get(4).actual()).contains("outcome=TARGET_MISSED");
        assertThat(result.failures().get(5).actual()).contains("[/never] was never online");
    }

    @Test
    void valuesAreThoseOfTheRun() {
        ScenarioResult result = run(
                HALVED,
                "expect = [",
                "{ what = freed, is = 512 }, { what = added, is = 1000 }, { what = calls, is = 4 }",
                "{ what = scanned, is = 512 }, { what = bits, is = 1 }, { what = nrMax, is = 64 }",
                "{ what = rounds, is = 1 }, { what = freedShare, cgroup = /, is = 100 }, { what = runningRounds, is = 0 }",
                "]");
        assertThat(result.failures()).isEmpty();
        assertThat(result.verdicts()).hasSize(9);
    }

    /** Values that are 0 whatever happens are only there. */
    @Test
    void valuesTellWhatHappened() {
        String expected = Arrays.stream(Expectation.What.values())
                .map(what -> switch (what) {
                    case LOST,
                            CALLS_AFTER_FREED,
                            RUNNING_ROUNDS,
                            LATE_ROUNDS,
                            SHORT_ROUNDS,
                            DEFERRED,
                            BITS,
                            QUARANTINED -> what.word() + ", cgroup = /shop, min = 0";
                    default -> what.word() + ", cgroup = /shop, min = 0.001";
                })
                .map(what -> "{ what = " + what + " }")
                .collect(Collectors.joining("\n"));
        ScenarioResult result = run("""
                duration = 20s, cgroups = [/shop]
                shrinkers.pages {
                  objects = [{ cgroup = /shop, objects = 1000 }]
                  model { refaults = 0.5, latency = 5 ms, faults { kind = THROW, every = 3 } }
                }
                load = [{ shrinker = pages, cgroup = /shop, every = 1s, objects = 500 }]
                pressure = [{ every = 1s, round.objects = 200 }]
                heap { limit = 10 MiB, collectEvery = 5s }
                """, "expect = [", expected, "]");
        assertThat(result.failures()).isEmpty();
        assertThat(result.verdicts()).hasSize(Expectation.What.values().length);
    }

    @Test
    void faultsRefaultsAndQuarantineAreCounted() {
        ScenarioResult result = run("""
                duration = 30s
                cgroups = [/a]
                settings.quarantine { after-faults = 2, duration = 1h }
                shrinkers {
                  broken { objects = [{ cgroup = /a, objects = 100000 }], model.faults { kind = THROW, every = 1 } }
                  back { objects = [{ cgroup = /a, objects = 100000 }], model { refaults = 0.5, refaultAfter = 1s } }
                }
                pressure = [{ every = 1s, round { objects = 300 } }]
                expect = [
                  { what = faults, shrinker = broken, is = 2 }
                  { what = quarantined, is = 1 }
                  { what = refaults, shrinker = back, min = 1000 }
                  { what = refaults, shrinker = broken, is = 0 }
                  { what = lost, is = 0 }
                ]
                """);
        assertThat(result.failures()).isEmpty();
        assertThat(result.timeline())
                .anyMatch(event -> event.kind() == Kind.FAULT && event.text().contains("A fault of the scenario"));
    }

    @Test
    void slowScansTakeTheirTimeAndRoundsEndByTheirDeadline() {
        ScenarioResult result = run("""
                cgroups = [/a]
                shrinkers.slow { objects = [{ cgroup = /a, objects = 100000 }], model.latency = 100 ms }
                steps = [
                  { op = round, objects = 640, expect { outcome = TARGET_REACHED } }
                  { op = round, objects = 6400, within = 1s, expect { outcome = DEADLINE } }
                ]
                expect = [{ what = longestRound, min = 1s, max = 1.2s }, { what = lateRounds, is = 1 }]
                """);
        assertThat(result.failures()).isEmpty();
        assertThat(result.elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(1_500));
    }

    @Test
    void memberThatIsFrozenAndWakesDoesNothingTwiceAndOneThatIsKilledDoesNotWake() {
        ScenarioResult result = run("""
                duration = 1m
                cgroups = [/a]
                cluster { members = 3, latency = 5 ms, noticedAfter = 2s }
                shrinkers.pages { objects = [{ cgroup = /a, objects = 10000 }] }
                steps = [
                  { op = freeze, member = member2 }
                  { op = round, cgroup = /a, objects = 6000, within = 4s, overCluster = true,
                    expect { members { member2 { outcome = DEADLINE, freed = 0 } } } }
                  { at = 20s, op = wake, member = member2 }
                  { at = 30s, op = round, cgroup = /a, objects = 3000, overCluster = true, expect { outcome = TARGET_REACHED } }
                  { op = kill, member = member3 }
                  { op = wake, member = member3 }
                  { at = 50s, op = round, cgroup = /a, objects = 300, overCluster = true, members = [member1, member2],
                    expect { outcome = TARGET_REACHED } }
                ]
                expect = [{ what = freed, member = member2, at = 29s, is = 0 }, { what = freed, member = member2, min = 1000 }
                  { what = lost, is = 0 }]
                """);
        assertThat(result.failures())
                .singleElement()
                .matches(verdict -> verdict.actual().contains("[member3] was killed"));
        assertThat(result.timeline())
                .allMatch(event -> event.kind() == Kind.EXPECTATION
                        || event.member().startsWith("member")
                        || event.kind() == Kind.STEP);
    }

    /** What steps ask of a member it does itself; the others have nothing of it. */
    @Test
    void stepsOfOneMemberAreItsAlone() {
        ScenarioResult result = run("""
                cgroups = [/a]
                cluster.members = 2
                shrinkers.pages {}
                steps = [
                  { op = add, member = member2, shrinker = pages, cgroup = /a, objects = 500 }
                  { op = add, shrinker = pages, cgroup = /a, objects = 100 }
                  { op = round, member = member2, objects = 200, expect { outcome = TARGET_REACHED } }
                ]
                expect = [
                  { what = objects, member = member1, is = 100 }
                  { what = objects, member = member2, max = 400 }
                  { what = added, is = 700 }
                ]
                """);
        assertThat(result.failures()).isEmpty();
    }

    /** What comes after a tenant has left is its parent's, as an application does it. */
    @Test
    void loadOfACgroupThatIsOfflineGoesToItsParent() {
        ScenarioResult result = run("""
                duration = 10s
                cgroups = [/a/b]
                shrinkers.pages {}
                load = [{ shrinker = pages, cgroup = /a/b, every = 1s, objects = 10 }]
                steps = [{ at = 4500 ms, op = offline, cgroup = /a/b }]
                expect = [
                  { what = objects, cgroup = /a/b, at = 4s, is = 50 }, { what = objects, cgroup = /a/b, is = 0 }
                  { what = objects, cgroup = /a, is = 100 }, { what = lost, is = 0 }
                ]
                """);
        assertThat(result.failures()).isEmpty();
    }

    /** What a reclaimer refuses its settings with; nothing of the system that was started for it is left. */
    @Test
    void settingThatIsNotAllowedEndsTheRunAndLeavesNothing() {
        assertThatThrownBy(() -> run("settings.max-rounds = 0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("max-rounds");
        assertThat(RunningSystems.count()).isZero();
    }
}
