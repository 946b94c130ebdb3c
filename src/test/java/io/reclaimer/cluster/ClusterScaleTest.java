package io.reclaimer.cluster;

import static io.reclaimer.cluster.ScaleTables.format;
import static io.reclaimer.cluster.ScaleTables.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.cluster.ClusterMessage.Row;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Participants.Allocation;
import io.reclaimer.cluster.SimulatedMember.Health;
import io.reclaimer.cluster.SimulatedNetwork.Kind;
import io.reclaimer.cluster.TableReplica.RowPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Rounds over 10 to 10,000 simulated members, and the shared table while nothing happens. Deterministic. Writes its tables to
 * {@code target/cluster-scale.md}.
 */
@Tag("nightly")
final class ClusterScaleTest {

    private static final int TENANTS = 1000;
    private static final int MAX_MEMBERS = 10_000;
    private static final int ROUNDS = 10;
    private static final int FEW_ROUNDS = 3;
    private static final double LOSS = 0.001;
    private static final int MAX_ROUND_TRIPS = 3;
    private static final double MAX_IDLE_BYTES = 2_000;
    private static final List<Kind> NETWORKS = List.of(Kind.RACK, Kind.ZONES, Kind.REGIONS);

    private static final ScaleTables TABLES = new ScaleTables();
    private static final Map<SimulatedSetup, SimulatedResult> RUN = new HashMap<>();

    private static Wire wire;

    private static SimulatedTenants tenants;

    @BeforeAll
    static void start() {
        wire = new Wire();
        tenants = new SimulatedTenants(MAX_MEMBERS, TENANTS, 1);
    }

    @AfterAll
    static void end() {
        wire.close();
        RUN.clear();
        TABLES.write(Path.of("target", "cluster-scale.md"));
    }

    private static SimulatedResult run(SimulatedSetup setup) {
        SimulatedResult known = RUN.get(setup);
        if (known == null) {
            known = SimulatedCluster.run(setup, tenants, wire);
            RUN.put(setup, known);
        }
        return known;
    }

    /** Rounds with a target of one object in a hundred. */
    private static List<SimulatedResult> rounds(Kind network, int members, int rounds) {
        return LongStream.rangeClosed(1, rounds)
                .mapToObj(
                        seed -> run(SimulatedSetup.of(network, members, tenants.freeableObjects(members) / 100, seed)))
                .toList();
    }

    @Test
    void everyRoundAnswersOnceByItsDeadlineAndSaysWhatWasFreed() {
        ScaleTables.Table table = TABLES.table(
                1,
                "Rounds",
                "members",
                "network",
                "loss",
                "requester: messages",
                "KB",
                "mean other: messages",
                "bytes",
                "answer after, ms (median; longest)",
                "in round trips of the slowest",
                "freed beyond the target",
                "farthest from its share, objects",
                "of the target");
        for (int members : new int[] {10, 100, 1000}) {
            for (Kind network : NETWORKS) {
                for (double loss : new double[] {0, LOSS}) {
                    List<SimulatedResult> results = rounds(network.losing(loss), members, ROUNDS);
                    results.forEach(RoundPromises::check);
                    results.forEach(result -> {
                        assertThat(result.report().outcome())
                                .as(result.setup().toString())
                                .isEqualTo(Outcome.MET);
                        assertThat(result.elapsedNanos())
                                .as(result.setup().toString() + ": two exchanges, and one lost message in each")
                                .isLessThan(MAX_ROUND_TRIPS * result.slowestNanos()
                                        + result.requesterBusyNanos()
                                        + (loss > 0 ? 2 * SimulatedCluster.RESEND_AFTER.toNanos() : 0));
                        assertThat(result.deviation())
                                .as(result.setup().toString())
                                .isLessThan(2.0 * Allocation.QUANTUM);
                    });
                    row(table, results);
                }
            }
        }
    }

    private static void row(ScaleTables.Table table, List<SimulatedResult> results) {
        SimulatedSetup setup = results.get(0).setup();
        int others = setup.members() - 1;
        table.row(
                format("%,d", setup.members()),
                setup.network().name(),
                format("%.1f %%", setup.network().lossPart() * 100),
                format("%,.0f", SimulatedRounds.mean(results, result -> result.messages()[0])),
                format("%,.1f", SimulatedRounds.mean(results, result -> result.bytes()[0]) / 1000),
                format(
                        "%.1f",
                        SimulatedRounds.mean(
                                        results,
                                        result -> LongStream.of(result.messages())
                                                .skip(1)
                                                .sum())
                                / others),
                format(
                        "%,.0f",
                        SimulatedRounds.mean(
                                        results,
                                        result -> LongStream.of(result.bytes())
                                                .skip(1)
                                                .sum())
                                / others),
                millis(SimulatedRounds.median(results).elapsedNanos()) + "; "
                        + millis(SimulatedRounds.longest(results).elapsedNanos()),
                format(
                        "%.1f; %.1f",
                        SimulatedRounds.least(results, SimulatedResult::roundTrips),
                        SimulatedRounds.most(results, SimulatedResult::roundTrips)),
                format("%.2f %%", 100 * SimulatedRounds.mean(results, SimulatedResult::error)),
                format(
                        "%,.0f",
                        results.stream()
                                .mapToDouble(SimulatedResult::deviation)
                                .max()
                                .orElseThrow()),
                format(
                        "%.4f %%",
                        100
                                * results.stream()
                                        .mapToDouble(result -> result.deviation()
                                                / result.setup().target())
                                        .max()
                                        .orElseThrow()));
    }

    /** With 1,000 members, in regions only: in quicker networks the thread of the requester takes longer than the members. */
    @Test
    void aRoundTakesLessThanThreeRoundTripsOfTheSlowestMember() {
        for (Kind network : NETWORKS) {
            for (int members : network.equals(Kind.REGIONS) ? new int[] {10, 100, 1000} : new int[] {10, 100}) {
                rounds(network, members, ROUNDS)
                        .forEach(result -> assertThat(result.roundTrips())
                                .as(result.setup().toString())
                                .isLessThan(MAX_ROUND_TRIPS));
            }
        }
    }

    @Test
    void roundsOverTenToTenThousandMembers() {
        ScaleTables.Table table = TABLES.table(
                2,
                "Members and time",
                "members",
                "network",
                "slowest round trip, ms",
                "answer after, ms",
                "in round trips of the slowest",
                "median of all rounds",
                "the requester's thread is busy, ms",
                "messages at the requester",
                "KB");
        for (Kind network : NETWORKS) {
            for (int members : new int[] {10, 100, 200, 300, 400, 500, 700, 1000, 3000, 10_000}) {
                List<SimulatedResult> results = rounds(network, members, roundsOver(members));
                results.forEach(RoundPromises::check);
                SimulatedResult worst = worst(results);
                table.row(
                        format("%,d", members),
                        network.name(),
                        millis(worst.slowestNanos()),
                        millis(worst.elapsedNanos()),
                        format("%.1f", worst.roundTrips()),
                        format("%.1f", SimulatedRounds.median(results, SimulatedResult::roundTrips)),
                        millis(worst.requesterBusyNanos()),
                        format("%,d", worst.messages()[0]),
                        format("%,.0f", worst.bytes()[0] / 1000.0));
            }
        }
    }

    /** All rounds for the sizes of the first table, fewer for the others. */
    private static int roundsOver(int members) {
        return members > 1000 ? 1 : members > 100 && members < 1000 ? FEW_ROUNDS : ROUNDS;
    }

    private static SimulatedResult worst(List<SimulatedResult> results) {
        return results.stream()
                .max(Comparator.comparingDouble(SimulatedResult::roundTrips))
                .orElseThrow();
    }

    @Test
    void smallTargetsAreMetWithinABatchAMemberThatIsAsked() {
        ScaleTables.Table table = TABLES.table(
                3,
                "Small targets, zones",
                "members",
                "target",
                "members that were asked",
                "freed beyond the target",
                "farthest from its share, objects");
        for (int members : new int[] {10, 100, 1000}) {
            for (long target : new long[] {100, 1000, 64L * members}) {
                SimulatedResult result = run(SimulatedSetup.of(Kind.ZONES, members, target, 1));
                RoundPromises.check(result);
                assertThat(result.report().outcome()).isEqualTo(Outcome.MET);
                table.row(
                        format("%,d", members),
                        format("%,d", target),
                        result.parts(),
                        format("%.1f %%", 100 * result.error()),
                        format("%.0f", result.deviation()));
            }
        }
    }

    @Test
    void whoDoesNotAnswerHoldsTheRoundUpByAPartOfItsDeadlineAndWhoCannotBeReachedDoesNot() {
        ScaleTables.Table table = TABLES.table(
                4,
                "One member in a hundred does not answer; zones, deadline 10 s",
                "members",
                "what is wrong with it",
                "target",
                "outcome",
                "answer after, ms",
                "members without an answer",
                "freed, of the target",
                "freed and not reported, objects");
        for (int members : new int[] {100, 1000}) {
            for (Health health : List.of(Health.FROZEN, Health.FREEZES_WITH_ITS_PART, Health.UNREACHABLE)) {
                for (long part : new long[] {100, 1}) {
                    long all = tenants.freeableObjects(members);
                    SimulatedResult result = run(SimulatedSetup.of(Kind.ZONES, members, all / part, 1)
                            .with(health, 0.01));
                    RoundPromises.check(result);
                    RoundPromises.checkFaults(result, part > 1);
                    table.row(
                            format("%,d", members),
                            switch (health) {
                                case FROZEN -> "frozen";
                                case FREEZES_WITH_ITS_PART -> "freezes after its offer";
                                case UNREACHABLE -> "known to be unreachable";
                                case WELL -> throw new IllegalStateException();
                            },
                            part > 1 ? "1 % of all" : "all",
                            result.report().outcome(),
                            millis(result.elapsedNanos()),
                            result.withoutAnswer().size(),
                            format("%.1f %%", 100 + 100 * result.error()),
                            LongStream.of(result.freedObjects()).sum()
                                    - result.report().freedObjects());
                }
            }
        }
    }

    @Test
    void theTableCostsLittleWhileNothingHappens() {
        ScaleTables.Table table = TABLES.table(
                5,
                "The table while nothing happens: sent by each member",
                "members",
                "tenants",
                "drift",
                "refresh",
                "rows published by a member an hour",
                "digests, bytes a second",
                "changes",
                "whole maps",
                "all",
                "largest map, KB");
        int fitting = SimulatedTable.SETTINGS.cgroups();
        Duration refresh = SimulatedTable.SETTINGS.refresh();
        for (int members : new int[] {10, 50, 75, 100, 125, 150}) {
            Duration length = members == 100 ? Duration.ofHours(1) : refresh;
            SimulatedTable.Result result =
                    table(table, new SimulatedTable.Setup(members, fitting, 0.05, refresh, length, 1));
            assertThat(result.bytesPerSecond() < MAX_IDLE_BYTES)
                    .as("%s", result)
                    .isEqualTo(members <= 100);
        }
        for (int members : new int[] {75, 100}) {
            SimulatedTable.Result result =
                    table(table, new SimulatedTable.Setup(members, TENANTS, 0.01, refresh, refresh, 1));
            assertThat(result.bytesPerSecond()).as("%s", result).isLessThan(MAX_IDLE_BYTES);
        }
        table(table, new SimulatedTable.Setup(100, TENANTS, 0.05, refresh, refresh, 1));
        Duration aMinute = Duration.ofMinutes(1);
        table(table, new SimulatedTable.Setup(1000, fitting, 0.05, refresh, aMinute, 1));
        table(table, new SimulatedTable.Setup(1000, TENANTS, 0.01, refresh, aMinute, 1));
        Duration hour = Duration.ofHours(1);
        table(table, new SimulatedTable.Setup(100, fitting, 0.05, hour, aMinute.multipliedBy(10), 1));
        table(table, new SimulatedTable.Setup(1000, fitting, 0.05, hour, aMinute, 1));
    }

    private static SimulatedTable.Result table(ScaleTables.Table table, SimulatedTable.Setup setup) {
        SimulatedTable.Result result = SimulatedTable.run(setup, wire);
        table.row(
                format("%,d", setup.members()),
                format("%,d", setup.tenants()),
                format("%.0f %%", setup.drift() * 100),
                setup.refresh().toMinutes() + " m",
                format("%.0f", result.publishedPerHour()),
                format("%,.0f", result.perSecond(result.digestBytes())),
                format("%,.0f", result.perSecond(result.deltaBytes())),
                format("%,.0f", result.perSecond(result.mapsBytes())),
                format("%,.0f", result.bytesPerSecond()),
                format("%.1f", result.mapBytes() / 1000.0));
        return result;
    }

    /** An assumption of the model of the table. */
    @Test
    void mapsThatHeardTheSameRowsHaveTheSameDigestWhateverTheOrder() {
        Random random = new Random(1);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 125; i++) {
            rows.add(new RowPolicy(SimulatedTable.SETTINGS)
                    .row(Wire.member(i), new DriftingCounts(40, 0.01, random).next(), SimulatedMember.HEAP, i));
        }
        byte[] inOrder = wire.mapFromChanges(rows);
        Collections.shuffle(rows, random);
        assertThat(wire.mapFromChanges(rows)).isEqualTo(inOrder);
        assertThat(wire.mapFromChanges(rows.subList(1, rows.size()))).isNotEqualTo(inOrder);
    }

    @Test
    void theSameSetupGivesTheSameNumbers() {
        SimulatedSetup setup =
                SimulatedSetup.of(Kind.ZONES.losing(0.05), 50, 100_000, 4).with(Health.FROZEN, 0.1);
        SimulatedResult one = SimulatedCluster.run(setup, tenants, wire);
        SimulatedResult other = SimulatedCluster.run(setup, tenants, wire);
        RoundPromises.check(one);
        assertThat(other).usingRecursiveComparison().isEqualTo(one);
        assertThat(SimulatedCluster.run(SimulatedSetup.of(Kind.ZONES, 50, 100_000, 5), tenants, wire)
                        .elapsedNanos())
                .isNotEqualTo(one.elapsedNanos());
    }
}
