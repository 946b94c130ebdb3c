package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.budget.BudgetStatus;
import io.reclaimer.budget.Limits;
import io.reclaimer.cluster.ClusterReclaimer;
import io.reclaimer.cluster.ClusterTable;
import io.reclaimer.cluster.MemberPressure;
import io.reclaimer.console.demo.Hits;
import io.reclaimer.console.demo.Pace;
import io.reclaimer.console.demo.Tenant;
import io.reclaimer.console.demo.Zipf;
import io.reclaimer.pressure.PressureState;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Protection;
import io.reclaimer.shrinker.RoundOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusLineTest {

    private static final long MAX = 256 * Samples.MEGABYTE;

    private static final NodeOptions ON = new NodeOptions(Optional.empty(), true, Pace.USUAL, List.of());
    private static final NodeOptions OFF = new NodeOptions(Optional.empty(), false, Pace.USUAL, List.of());

    private final Locale localeBefore = Locale.getDefault();

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(localeBefore);
    }

    @Test
    void lineHasTimeHeapPressureRoundsFreedObjectsAndHitRates() {
        assertThat(fields(StatusLine.of(
                        Duration.ofMillis(12_999), MAX, Samples.heap(PressureState.LOW, 12), ON, hits(1, 3))))
                .containsExactly(
                        "12 s", "150/256", "140/200", "low", "12", "2", "34567", "33.3 %", "33.3 %", "33.3 %", "orm");
    }

    @Test
    void budgetHasWhatIsHeldAndItsLimits() {
        BudgetStatus held = new BudgetStatus(
                Tenant.WEB.path(),
                "heap",
                Limits.none().high(64 * Samples.MEGABYTE),
                OptionalLong.of(61 * Samples.MEGABYTE),
                70 * Samples.MEGABYTE,
                3,
                0,
                Optional.of(RoundOutcome.TARGET_REACHED),
                Protection.NONE);
        BudgetStatus unknown = new BudgetStatus(
                Tenant.BATCH.path(),
                "direct",
                Limits.none().max(Samples.MEGABYTE),
                OptionalLong.empty(),
                0,
                0,
                1,
                Optional.empty(),
                Protection.NONE);
        assertThat(StatusLine.budgets(List.of(held, unknown)))
                .containsExactly(
                        "  budget: /shop/web on heap holds 61 MB, high 64 MB; peak 70 MB, 3 rounds above high, 0 rounds above"
                                + " max, the last one: target reached",
                        "  budget: /batch on direct holds ? MB, max 1 MB; peak 0 MB, 0 rounds above high, 1 round above max");
    }

    @Test
    void columnsAreBelowTheirTitles() {
        List<Integer> ends = ends(StatusLine.title().get(1));
        assertThat(ends).hasSize(11);
        for (PressureState state : PressureState.values()) {
            for (long rounds : new long[] {0, 7, 123_456}) {
                for (long hits : new long[] {0, 1, 500, 999}) {
                    String line = StatusLine.of(
                            Duration.ofSeconds(9 + rounds / 2), MAX, Samples.heap(state, rounds), ON, hits(hits, 1000));
                    assertThat(ends(line)).as(line).isEqualTo(ends);
                }
            }
        }
    }

    @Test
    void columnsAreBelowTheirTitlesWithoutLookups() {
        String line = StatusLine.of(Duration.ZERO, MAX, Samples.heap(PressureState.NONE, 0), ON, Map.of());
        assertThat(ends(line)).isEqualTo(ends(StatusLine.title().get(1)));
        assertThat(fields(line).subList(7, 10)).containsOnly("-");
    }

    @Test
    void unitsAreAboveTheirColumns() {
        String above = StatusLine.title().get(0);
        String names = StatusLine.title().get(1);
        assertThat(above.indexOf("heap MB") + "heap MB".length())
                .isEqualTo(names.indexOf("used/max") + "used/max".length());
        assertThat(above.indexOf("objects") + "objects".length()).isEqualTo(names.indexOf("freed") + "freed".length());
    }

    @Test
    void withoutRoundsThePressureIsOff() {
        assertThat(fields(StatusLine.of(Duration.ZERO, MAX, Samples.heap(PressureState.MIN, 0), OFF, Map.of())))
                .contains("(off)")
                .doesNotContain("min");
    }

    @Test
    void linesAreTheSameInAnyLocale() {
        String before = StatusLine.of(Duration.ofSeconds(20), MAX, Samples.heap(PressureState.LOW, 12), ON, hits(1, 3));
        for (Locale locale :
                List.of(Locale.GERMANY, Locale.forLanguageTag("tr"), Locale.forLanguageTag("ar-EG-u-nu-arab"))) {
            Locale.setDefault(locale);
            assertThat(StatusLine.of(Duration.ofSeconds(20), MAX, Samples.heap(PressureState.LOW, 12), ON, hits(1, 3)))
                    .isEqualTo(before);
        }
    }

    @Test
    void headerDescribesTheRun() {
        Zipf zipf = new Zipf(1000, 0.9, new SplittableRandom(1));
        List<NodeOptions.Load> loads =
                List.of(new NodeOptions.Load(Tenant.WEB, zipf), new NodeOptions.Load(Tenant.BATCH, zipf));
        assertThat(StatusLine.header(
                        new NodeOptions(Optional.of(Duration.ofMillis(1_500)), true, Pace.USUAL, loads), MAX))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .contains("256 MB", "Java " + Runtime.version().feature(), "reclaim on", "for 1.5s"),
                        web -> assertThat(web).contains("/shop/web", zipf.toString()),
                        batch -> assertThat(batch).contains("/batch", zipf.toString()));
        assertThat(StatusLine.header(new NodeOptions(Optional.empty(), false, Pace.USUAL, List.of()), MAX)
                        .get(0))
                .contains("reclaim off", "until Ctrl-C");
    }

    @Test
    void memberPrintsMembersFreedObjectsAndTable() {
        assertThat(StatusLine.members(List.of("a:1"))).isEqualTo("  cluster: 1 member: a:1");
        assertThat(StatusLine.members(List.of("a:1", "b:2"))).isEqualTo("  cluster: 2 members: a:1, b:2");
        ClusterReclaimer.Status before = new ClusterReclaimer.Status(0, 0, 2, 1_000, 0, 0, 0);
        assertThat(StatusLine.gave(before, new ClusterReclaimer.Status(0, 0, 3, 3_500, 0, 0, 0)))
                .isEqualTo("  cluster: gave 2,500 objects in 1 round; 3,500 in all");
        assertThat(StatusLine.gave(before, new ClusterReclaimer.Status(0, 0, 4, 3_500, 0, 0, 0)))
                .contains("in 2 rounds");
        ClusterTable.Row row = new ClusterTable.Row(
                "a:1",
                true,
                MemberPressure.LOW,
                5 * Samples.MEGABYTE,
                7 * Samples.MEGABYTE,
                900,
                Map.of(CgroupPath.of("/shop"), 900L),
                Duration.ofSeconds(3));
        assertThat(StatusLine.table(new ClusterTable(List.of(row))))
                .hasSize(2)
                .allMatch(line -> line.startsWith("  cluster: "))
                .last()
                .asString()
                .contains("a:1", "3 s", "low", "5/7", "900", "/shop 900");
    }

    @Test
    void memberPrintsWhatEachFreedForTheSurgingTenant() {
        assertThat(StatusLine.surge(Samples.surge()))
                .isEqualTo(
                        "  cluster: /shop/orm surges; asked for 2,000 objects, freed 1,500 (target missed) in 3.5 ms:"
                                + " 10.0.0.1:1 1,500, 10.0.0.2:1 0 unreachable");
    }

    private static Map<Tenant, Hits.Rate> hits(long hits, long lookups) {
        Hits.Rate rate = new Hits.Rate(hits, lookups);
        return Map.of(Tenant.WEB, rate, Tenant.ORM, rate, Tenant.BATCH, rate);
    }

    /** Splits a line at two blanks or more. */
    private static List<String> fields(String line) {
        return List.of(line.strip().split(" {2,}"));
    }

    /** Returns the end of each column, and the start of the last one, which has no fixed width. */
    private static List<Integer> ends(String line) {
        List<Integer> ends = new ArrayList<>();
        Matcher column = Pattern.compile("\\S+( \\S+)*").matcher(line);
        while (column.find()) {
            ends.add(column.end() == line.length() ? column.start() : column.end());
        }
        return ends;
    }
}
