package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reclaimer.CountReport;
import io.reclaimer.cluster.ClusterMessage.Row;
import io.reclaimer.cluster.TableReplica.RowPolicy;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerObjects;
import io.reclaimer.testkit.FakeCountReport;
import io.reclaimer.testkit.Seeded;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The content of a row of the shared table, and when it is published. */
class RowPolicyTest {

    private final RowPolicy policy =
            new RowPolicy(new ClusterSettings.Table(true, Duration.ofSeconds(5), Duration.ofMinutes(5), 0.25, 2));

    @Test
    void rowListsTheCgroupsThatCouldFreeMost() {
        Row row = policy.row(
                "m:1",
                report(1_200, entry("/a", 100), entry("/b", 400), entry("/c", 300), entry("/a", 350), entry("/d", 50)),
                new MemberEnvironment.Heap(MemberPressure.MIN, 7, 8),
                99);
        assertThat(row).isEqualTo(new Row("m:1", 99, "MIN", 7, 8, 1_200, List.of("/a", "/b"), List.of(450L, 400L)));
    }

    /** The size of a row is limited, however long paths are. */
    @Test
    void rowListsAsManyCgroupsAsFit() {
        RowPolicy longList =
                new RowPolicy(new ClusterSettings.Table(true, Duration.ofSeconds(5), Duration.ofMinutes(5), 0.25, 64));
        String deep = ("/" + "x".repeat(60)).repeat(30);
        ShrinkerObjects[] entries = IntStream.range(0, 64)
                .mapToObj(i -> entry(deep + "/" + i, 1_000 - i))
                .toArray(ShrinkerObjects[]::new);
        Row row =
                longList.row("m:1", report(64_000, entries), new MemberEnvironment.Heap(MemberPressure.NONE, 0, 0), 0);
        assertThat(row.cgroups()).hasSize(4).allMatch(path -> path.startsWith(deep));
    }

    /** The numbers are those of the member and of one cgroup, before and after. */
    @ParameterizedTest
    @CsvSource({
        "10000, 4000, 10000, 4000, false",
        "10000, 4000, 13333, 5333, false",
        "100, 100, 0, 0, false",
        "10000, 4000, 13334, 4000, true",
        "10000, 4000, 10000, 2999, true",
        "128, 0, 0, 0, true"
    })
    void changesOfMoreThanAStepArePublished(
            long freeable, long inShop, long newFreeable, long newInShop, boolean isDue) {
        assertThat(policy.isDue(row(0, freeable, inShop), row(5_000, newFreeable, newInShop)))
                .isEqualTo(isDue);
    }

    @Test
    void changeOfThePressureIsPublished() {
        Row before = row(0, 10, 10);
        Row now = new Row("m:1", 5_000, "LOW", 0, 0, 10, before.cgroups(), before.cgroupObjects());
        assertThat(policy.isDue(before, now)).isTrue();
    }

    @Test
    void otherCgroupsThatCouldFreeMuchArePublished() {
        Row now = new Row("m:1", 5_000, "NONE", 0, 0, 10_000, List.of("/other"), List.of(4_000L));
        assertThat(policy.isDue(row(0, 10_000, 4_000), now)).isTrue();
    }

    /** The list is full, and an unlisted cgroup overtakes the last one. */
    @Test
    void cgroupsThatChangePlacesAtTheEndOfAFullListHaveNotMoved() {
        Row before = new Row("m:1", 0, "NONE", 0, 0, 50_000, List.of("/a", "/b"), List.of(9_000L, 4_000L));
        Row now = new Row("m:1", 5_000, "NONE", 0, 0, 50_000, List.of("/a", "/c"), List.of(9_000L, 4_010L));
        assertThat(policy.isDue(before, now)).isFalse();
        Row risen = new Row("m:1", 5_000, "NONE", 0, 0, 50_000, List.of("/a", "/c"), List.of(9_000L, 6_000L));
        assertThat(policy.isDue(before, risen)).isTrue();
        Row notFull = new Row("m:1", 5_000, "NONE", 0, 0, 50_000, List.of("/a"), List.of(9_000L));
        assertThat(policy.isDue(before, notFull)).isTrue();
    }

    @Test
    void rowIsRefreshedWhereNothingChanges() {
        assertThat(policy.isDue(row(0, 10, 10), row(299_999, 10, 10))).isFalse();
        assertThat(policy.isDue(row(0, 10, 10), row(300_000, 10, 10))).isTrue();
    }

    /** An hour, in which the counts of 1,000 tenants drift by 5 %, and the refresh is that of the defaults: 5 minutes. */
    @Test
    void rowIsOnlyRefreshedWhileCountsDrift() {
        RowPolicy defaults =
                new RowPolicy(ClusterSettings.of(ConfigFactory.load()).table());
        Seeded random = Seeded.create();
        long[] means = IntStream.range(0, 1_000)
                .mapToLong(tenant -> (long) (64 * Math.pow((1 + random.nextInt(1_000_000)) / 1e6, -1 / 1.1)))
                .toArray();
        Row published = null;
        int number = 0;
        for (long millis = 0; millis < 3_600_000; millis += 5_000) {
            ShrinkerObjects[] entries = IntStream.range(0, means.length)
                    .mapToObj(tenant -> entry("/t" + tenant, means[tenant] * (950 + random.nextInt(101)) / 1_000))
                    .toArray(ShrinkerObjects[]::new);
            long sum =
                    Arrays.stream(entries).mapToLong(ShrinkerObjects::objects).sum();
            Row now = defaults.row("m:1", report(sum, entries), MemberEnvironment.Heap.UNWATCHED, millis);
            if (published == null || defaults.isDue(published, now)) {
                published = now;
                number++;
            }
        }
        assertThat(number).as("%s", random).isEqualTo(12);
    }

    private static Row row(long atMillis, long freeable, long inShop) {
        return new Row("m:1", atMillis, "NONE", 0, 0, freeable, List.of("/shop"), List.of(inShop));
    }

    private static ShrinkerObjects entry(String path, long objects) {
        return new ShrinkerObjects(CgroupPath.of(path), "pages", objects);
    }

    private static CountReport report(long freeable, ShrinkerObjects... largest) {
        return new FakeCountReport(
                CgroupPath.root(),
                RoundOutcome.DONE,
                freeable,
                0,
                Collections.nCopies(13, 0L),
                1,
                Duration.ZERO,
                List.of(largest),
                0,
                Map.of(),
                0);
    }
}
