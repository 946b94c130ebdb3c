package io.reclaimer.scenario;

import static io.reclaimer.scenario.ScenarioFileTest.SOME;
import static io.reclaimer.scenario.ScenarioFileTest.problems;
import static io.reclaimer.scenario.ScenarioFileTest.scenario;
import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.scenario.model.Expectation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The problems of files of valid form: undefined names, times out of order, unknown settings. */
class ScenarioNamesTest {

    private static String steps(String steps) {
        return SOME + "steps = [" + steps + "]";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                // shrinkers
                "load = [{ shrinker = t, cgroup = /a, every = 1s, objects = 1 }]|2: load[0].shrinker:"
                        + " is [t], which is no shrinker; allowed are s",
                "expect = [{ what = freed, shrinker = ss, is = 1 }]|2: expect[0].shrinker:"
                        + " is [ss], which is no shrinker; allowed are s",
                "steps = [{ op = free, shrinker = s }, { op = free, shrinker = s }]|2: steps[1].shrinker:"
                        + " is [s], which is no shrinker; allowed is a name that shrinkers or an alloc step gave;"
                        + " there is none at this step",
                "steps = [{ op = register, shrinker = t }, { op = alloc, shrinker = t }]|2: steps[0].shrinker:"
                        + " is [t], which is no shrinker; allowed are s at this step",
                "steps = [{ op = alloc, shrinker = s }]|2: steps[0].shrinker: is [s], which there is already;"
                        + " allowed is a name that no shrinker has now",
                // cgroups
                "steps = [{ op = offline, cgroup = web }]|2: steps[0].cgroup: is [web], which no online step has"
                        + " named; allowed is a path as in /shop/web, or one of root",
                "steps = [{ op = online, cgroup = web, parent = shop }]|2: steps[0].parent: is [shop], which no"
                        + " online step has named; allowed is a path as in /shop/web, or one of root",
                "steps = [{ op = online, cgroup = web }]|2: steps[0].cgroup: is [web];"
                        + " allowed is a path as in /shop/web, or a name and its parent",
                "steps = [{ op = online, cgroup = /web, parent = root }]|2: steps[0].cgroup: is [/web];"
                        + " allowed is a path as in /shop/web, or a name and its parent",
                "steps = [{ op = round, cgroup = web }]|2: steps[0].cgroup: is [web], which no online step has"
                        + " named; allowed is a path as in /shop/web, or one of root",
                "load = [{ shrinker = s, cgroup = rot, every = 1s, objects = 1 }]|2: load[0].cgroup: is [rot],"
                        + " which no online step has named; did you mean [root]? Allowed is a path as in /shop/web,"
                        + " or one of root",
                // nodes
                "steps = [{ op = setBit, shrinker = s, cgroup = /a, node = direct }]|2: steps[0].node:"
                        + " is [direct], which is no node; allowed are heap, or its number 0",
                "nodes = 2, expect = [{ what = bits, nid = 2, is = 1 }]|2: expect[0].nid:"
                        + " is [2], which is no node; allowed are node0, node1, or their numbers 0 to 1",
                "pressure = [{ every = 1s, round.nodes = [0, 1] }]|2: pressure[0].round.nodes[1]:"
                        + " is [1], which is no node; allowed are heap, or its number 0",
                "nodes = [heap, heap]|2: nodes: is [heap, heap]; allowed are names of which none is there twice",
                // members
                "pressure = [{ every = 1s, round {}, member = member1 }]|2: pressure[0].member: needs several"
                        + " members; allowed where the scenario has a cluster, as in cluster { members = 3 }",
                "steps = [{ op = round, overCluster = true }]|2: steps[0].overCluster: needs several"
                        + " members; allowed where the scenario has a cluster, as in cluster { members = 3 }",
                "cluster.members = 2, steps = [{ op = kill, member = member3 }]|2: steps[0].member:"
                        + " is [member3]; allowed are member1 to member2",
                "cluster.members = 2, steps = [{ op = round, overCluster = true, members = [member2, member9] }]|"
                        + "2: steps[0].members[1]: is [member9]; allowed are member1 to member2",
                // times
                "load = [{ shrinker = s, cgroup = /a, from = 9s, to = 8s, every = 1s, objects = 1 }]|2: load[0].to:"
                        + " is [8s], before from; allowed is 9s or later",
                "load = [{ shrinker = s, cgroup = /a, from = 90s, every = 1s, objects = 1 }]|2: load[0].from:"
                        + " is [1m 30s], after the duration; allowed is up to 1m, or later with a to",
                "steps = [{ at = 5s, op = dump }, { op = dump }, { at = 4s, op = dump }, { at = 5s, op = dump }]|"
                        + "2: steps[2].at: is [4s], before that of a step above; allowed is 5s or later",
                "heap { limit = 1, collectEvery = 1s, other = [{ from = 2s, bytes = 1 }, { from = 1s, bytes = 1 }] }|"
                        + "2: heap.other[1].from: is [1s], before that of one above; allowed is 2s or later",
                // settings
                "settings.quarantine.after-fauls = 3|2: settings.quarantine.after-fauls: unknown;"
                        + " did you mean [after-faults]? Allowed are after-faults, duration",
                "settings.quarantine = 3|2: settings.quarantine: is [3];"
                        + " allowed is an object with after-faults, duration",
                // expectations
                "expect = [{ what = heap, max = 90 }]|2: expect[0].what: is [heap];"
                        + " allowed where the scenario has heap { … }",
                "expect = [{ what = freedShare, max = 90 }]|2: expect[0]: lacks [cgroup]:"
                        + " of what is freed, the share of which cgroup",
                "expect = [{ what = lost, is = 0, at = 5s, never = true }]|2: expect[0]: has at, never;"
                        + " allowed is one of them",
                "expect = [{ what = lost, is = 0, eventuallyWithin = 5s, always = on }]|2: expect[0]:"
                        + " has eventuallyWithin, always; allowed is one of them",
                "expect = [{ what = lost, is = 0, from = 5s }]|2: expect[0].from: means nothing here;"
                        + " allowed where there is always, never or eventuallyWithin",
                "expect = [{ what = lost, is = 0, eventuallyWithin = 5s, to = 5s }]|2: expect[0].to: means nothing"
                        + " here; allowed where there is always or never",
                "expect = [{ what = lost, is = 0, max = 1 }]|2: expect[0].is: stands beside min or max;"
                        + " allowed is one or the other",
                "expect = [{ what = lost, min = 2, max = 1 }]|2: expect[0].max: is [1], below min;"
                        + " allowed is 2 or more",
                "expect = [{ what = freed, is = 5s }]|2: expect[0].is: is [5s];"
                        + " allowed is a number, for only longestRound is a duration",
            })
    void whatCanNotBeIsSaidWithItsPlaceAndWhatIsAllowed(String text, String problem) {
        assertThat(problems(SOME + text)).containsExactly(problem);
    }

    @Test
    void memberStepsNeedAClusterAndAMember() {
        assertThat(problems(steps("{ op = kill }"))).containsExactly("2: steps[0]: lacks [member]: member1 to member9");
        assertThat(problems(steps("{ op = wake, member = member1 }")))
                .first()
                .asString()
                .startsWith("2: steps[0].op: needs several members");
    }

    @Test
    void unknownSettingIsToldAllThatThereAre() {
        assertThat(problems("settings { nonsense = 1 }"))
                .singleElement()
                .asString()
                .startsWith("1: settings.nonsense: unknown; allowed are ")
                .contains("round-deadline", "call-deadline", "thrash");
    }

    @Test
    void loadAndExpectationsMayNameWhatAStepMakesLater() {
        assertThat(scenario(steps(
                                        "{ op = alloc, shrinker = t }, { op = register, shrinker = t },"
                                                + " { op = online, cgroup = web, parent = root }, { op = offline, cgroup = web }")
                                + "\nload = [{ shrinker = t, cgroup = web, from = 1s, every = 1s, objects = 1 }]"
                                + "\nexpect = [{ what = objects, shrinker = t, cgroup = web, is = 0 }]")
                        .course()
                        .steps())
                .hasSize(4);
    }

    @Test
    void longestRoundMayBeADuration() {
        Expectation expectation = scenario("expect = [{ what = longestRound, max = 5s }]")
                .expectations()
                .get(0);
        assertThat(expectation.max()).hasValue(5000);
        assertThat(expectation.when()).isEqualTo(Expectation.When.AT_THE_END);
    }
}
