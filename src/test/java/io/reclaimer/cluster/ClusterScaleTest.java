package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.SimulatedCluster.Network;
import io.reclaimer.cluster.SimulatedCluster.Result;
import io.reclaimer.cluster.SimulatedCluster.Setup;
import io.reclaimer.cluster.SimulatedMember.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rounds over 10 to 10,000 simulated members. Deterministic. Writes its tables to {@code target/cluster-scale.md}. */
@Tag("nightly")
final class ClusterScaleTest {

    private static final int MAX_MEMBERS = 10_000;
    private static final int ROUNDS = 10;
    private static final int FEW_ROUNDS = 3;
    private static final double LOSS = 0.001;
    private static final int MAX_ROUND_TRIPS = 3;
    private static final Set<MemberOutcome> ANSWERED = Set.of(MemberOutcome.DONE, MemberOutcome.TARGET_MISSED);

    /** The Markdown tables by title. */
    private static final Map<String, StringBuilder> tables = new TreeMap<>();

    private static final Map<Setup, Result> known = new HashMap<>();

    /** By member, the objects before a round. */
    private static final long[] OBJECTS =
            new Random(1).longs(MAX_MEMBERS, 130_000, 390_000).toArray();

    @AfterAll
    static void end() throws IOException {
        known.clear();
        Path file = Path.of("target", "cluster-scale.md");
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join("\n", tables.values()));
    }

    private static Result run(Setup setup) {
        return known.computeIfAbsent(setup, any -> SimulatedCluster.run(setup, OBJECTS));
    }

    /** The objects on the first members together. */
    private static long freeableObjects(int members) {
        return Arrays.stream(OBJECTS).limit(members).sum();
    }

    /** Rounds with a target of one object in a hundred. */
    private static List<Result> rounds(Network network, double loss, int members, int rounds) {
        long target = freeableObjects(members) / 100;
        return LongStream.rangeClosed(1, rounds)
                .mapToObj(seed -> run(Setup.of(network, members, target, seed).losing(loss)))
                .toList();
    }

    @Test
    void everyRoundAnswersOnceByItsDeadlineAndSaysWhatWasFreed() {
        table(
                "Rounds",
                "members",
                "network",
                "loss",
                "messages at the requester",
                "at each other member, mean",
                "answer after, ms (median; longest)",
                "in round trips of the slowest",
                "freed beyond the target");
        for (int members : new int[] {10, 100, 1000}) {
            for (Network network : Network.values()) {
                for (double loss : new double[] {0, LOSS}) {
                    List<Result> results = rounds(network, loss, members, ROUNDS);
                    results.forEach(ClusterScaleTest::check);
                    assertThat(results).allSatisfy(result -> {
                        assertThat(result.report().outcome()).isEqualTo(Outcome.TARGET_REACHED);
                        // Two exchanges, and one lost message in each.
                        assertThat(result.elapsedNanos())
                                .isLessThan(MAX_ROUND_TRIPS * result.slowestNanos()
                                        + result.requesterBusyNanos()
                                        + (loss > 0 ? 2 * SimulatedCluster.RESEND_AFTER.toNanos() : 0));
                    });
                    row(
                            "Rounds",
                            format("%,d", members),
                            network.name().toLowerCase(Locale.ROOT),
                            format("%.1f %%", loss * 100),
                            format(
                                    "%,.0f",
                                    values(results, result -> result.messages()[0])
                                            .average()
                                            .orElseThrow()),
                            format(
                                    "%.1f",
                                    values(results, ClusterScaleTest::meanMessagesOfOthers)
                                            .average()
                                            .orElseThrow()),
                            millis(median(results, Result::elapsedNanos)) + "; "
                                    + millis(values(results, Result::elapsedNanos)
                                            .max()
                                            .orElseThrow()),
                            format(
                                    "%.1f; %.1f",
                                    values(results, Result::roundTrips).min().orElseThrow(),
                                    values(results, Result::roundTrips).max().orElseThrow()),
                            format(
                                    "%.2f %%",
                                    100
                                            * values(results, Result::error)
                                                    .average()
                                                    .orElseThrow()));
                }
            }
        }
    }

    private static double meanMessagesOfOthers(Result result) {
        return Arrays.stream(result.messages()).skip(1).average().orElseThrow();
    }

    /** With 1,000 members, in regions only: in quicker networks the thread of the requester takes longer than the members. */
    @Test
    void aRoundTakesLessThanThreeRoundTripsOfTheSlowestMember() {
        for (Network network : Network.values()) {
            for (int members : network == Network.REGIONS ? new int[] {10, 100, 1000} : new int[] {10, 100}) {
                assertThat(rounds(network, 0, members, ROUNDS))
                        .allSatisfy(result -> assertThat(result.roundTrips()).isLessThan(MAX_ROUND_TRIPS));
            }
        }
    }

    @Test
    void roundsOverTenToTenThousandMembers() {
        table(
                "Members and time",
                "members",
                "network",
                "slowest round trip, ms",
                "answer after, ms",
                "in round trips of the slowest",
                "median of all rounds",
                "the requester's thread is busy, ms",
                "messages at the requester");
        for (Network network : Network.values()) {
            for (int members : new int[] {10, 100, 200, 300, 400, 500, 700, 1000, 3000, 10_000}) {
                // All rounds for the sizes of the first table, fewer for the others.
                int rounds = members > 1000 ? 1 : members > 100 && members < 1000 ? FEW_ROUNDS : ROUNDS;
                List<Result> results = rounds(network, 0, members, rounds);
                results.forEach(ClusterScaleTest::check);
                Result worst = results.stream()
                        .max(Comparator.comparingDouble(Result::roundTrips))
                        .orElseThrow();
                row(
                        "Members and time",
                        format("%,d", members),
                        network.name().toLowerCase(Locale.ROOT),
                        millis(worst.slowestNanos()),
                        millis(worst.elapsedNanos()),
                        format("%.1f", worst.roundTrips()),
                        format("%.1f", median(results, Result::roundTrips)),
                        millis(worst.requesterBusyNanos()),
                        format("%,d", worst.messages()[0]));
            }
        }
    }

    @Test
    void smallTargetsAreMetWithinABatchAMemberThatIsAsked() {
        table("Small targets, zones", "members", "target", "members that were asked", "freed beyond the target");
        for (int members : new int[] {10, 100, 1000}) {
            for (long target : new long[] {100, 1000, 64L * members}) {
                Result result = run(Setup.of(Network.ZONES, members, target, 1));
                check(result);
                assertThat(result.report().outcome()).isEqualTo(Outcome.TARGET_REACHED);
                row(
                        "Small targets, zones",
                        format("%,d", members),
                        format("%,d", target),
                        result.parts(),
                        format("%.1f %%", 100 * result.error()));
            }
        }
    }

    @Test
    void whoDoesNotAnswerHoldsTheRoundUpByAPartOfItsDeadlineAndWhoCannotBeReachedDoesNot() {
        String title = "One member in a hundred does not answer; zones, deadline 10 s";
        table(
                title,
                "members",
                "its health",
                "target",
                "outcome",
                "answer after, ms",
                "members without an answer",
                "freed, of the target",
                "freed and not reported, objects");
        for (int members : new int[] {100, 1000}) {
            for (Health health : List.of(Health.FROZEN, Health.FREEZES_WITH_ITS_PART, Health.UNREACHABLE)) {
                for (long part : new long[] {100, 1}) {
                    long target = freeableObjects(members) / part;
                    Result result =
                            run(Setup.of(Network.ZONES, members, target, 1).with(health, 0.01));
                    check(result);
                    checkFaults(result, part > 1);
                    row(
                            title,
                            format("%,d", members),
                            health.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                            part > 1 ? "1 % of all" : "all",
                            result.report().outcome(),
                            millis(result.elapsedNanos()),
                            withoutAnswer(result).size(),
                            format("%.1f %%", 100 + 100 * result.error()),
                            LongStream.of(result.freedObjects()).sum()
                                    - result.report().freedObjects());
                }
            }
        }
    }

    @Test
    void theSameSetupGivesTheSameNumbers() {
        Setup setup = Setup.of(Network.ZONES, 50, 100_000, 4).losing(0.05).with(Health.FROZEN, 0.1);
        Result one = run(setup);
        check(one);
        assertThat(SimulatedCluster.run(setup, OBJECTS))
                .usingRecursiveComparison()
                .isEqualTo(one);
        assertThat(run(Setup.of(Network.ZONES, 50, 100_000, 5)).elapsedNanos()).isNotEqualTo(one.elapsedNanos());
    }

    /** Checks what holds for every round. */
    private static void check(Result result) {
        String name = result.setup().toString();
        assertThat(result.reports()).as(name).hasSize(1);
        ClusterReport report = result.report();
        assertThat(report.elapsed()).as(name).isLessThanOrEqualTo(SimulatedCluster.WITHIN);
        assertThat(report.members()).as(name).hasSize(result.setup().members());
        long sum = 0;
        for (int i = 0; i < report.members().size(); i++) {
            ClusterReport.Member member = report.members().get(i);
            sum += member.freedObjects();
            assertThat(member.freedObjects()).as(name).isLessThanOrEqualTo(result.freedObjects()[i]);
            if (ANSWERED.contains(member.outcome())) {
                assertThat(member.freedObjects()).as(name).isEqualTo(result.freedObjects()[i]);
            }
        }
        assertThat(report.freedObjects()).as(name).isEqualTo(sum);
        if (report.outcome() == Outcome.TARGET_REACHED) {
            long allocations = result.setup().unwell() == Health.FREEZES_WITH_ITS_PART ? 2 : 1;
            assertThat(report.freedObjects() - result.setup().target())
                    .as(name)
                    .isBetween(0L, allocations * SimulatedMember.BATCH * result.parts() - 1);
        }
    }

    /** Checks what holds for a round in which one member in a hundred does not answer. */
    private static void checkFaults(Result result, boolean canBeMet) {
        boolean isKnown = result.setup().unwell() == Health.UNREACHABLE;
        assertThat(withoutAnswer(result))
                .as(result.setup().toString())
                .hasSize(result.setup().members() / 100)
                .extracting(ClusterReport.Member::outcome)
                .containsOnly(isKnown ? MemberOutcome.UNREACHABLE : MemberOutcome.DEADLINE);
        assertThat(result.report().outcome())
                .as(result.setup().toString())
                .isEqualTo(canBeMet ? Outcome.TARGET_REACHED : isKnown ? Outcome.TARGET_MISSED : Outcome.DEADLINE);
        long within = SimulatedCluster.WITHIN.toNanos();
        long min =
                isKnown ? 0 : !canBeMet ? within : result.setup().unwell() == Health.FROZEN ? within / 4 : within / 2;
        assertThat(result.elapsedNanos())
                .as(result.setup().toString())
                .isBetween(min, Math.min(within, min + Duration.ofMillis(300).toNanos()));
    }

    /** The members whose part is not known to have ended. */
    private static List<ClusterReport.Member> withoutAnswer(Result result) {
        return result.report().members().stream()
                .filter(member -> !ANSWERED.contains(member.outcome()))
                .toList();
    }

    private static DoubleStream values(List<Result> results, ToDoubleFunction<Result> of) {
        return results.stream().mapToDouble(of).sorted();
    }

    private static double median(List<Result> results, ToDoubleFunction<Result> of) {
        return values(results, of).skip(results.size() / 2).findFirst().orElseThrow();
    }

    private static void table(String title, String... columns) {
        tables.put(title, new StringBuilder("### " + title + "\n\n"));
        row(title, (Object[]) columns);
        row(title, Arrays.stream(columns).map(column -> "---").toArray());
    }

    private static void row(String title, Object... cells) {
        List<String> texts = Arrays.stream(cells).map(String::valueOf).toList();
        tables.get(title).append("| ").append(String.join(" | ", texts)).append(" |\n");
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String millis(double nanos) {
        return format(nanos < 100e6 ? "%.1f" : "%,.0f", nanos / 1e6);
    }
}
