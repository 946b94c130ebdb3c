package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.cluster.ClusterReclaimer;
import io.reclaimer.console.demo.Hits;
import io.reclaimer.console.demo.MeanCacheSizes;
import io.reclaimer.console.demo.NodeCaches;
import io.reclaimer.console.demo.Tenant;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.PressureState;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SummaryTest {

    private static final HeapStatus HEAP = Samples.heap(PressureState.LOW, 12);

    private static final Map<Tenant, Hits.Rate> HITS =
            Map.of(Tenant.WEB, new Hits.Rate(1, 3), Tenant.ORM, new Hits.Rate(4, 4));

    private static final MeanCacheSizes SIZES = new MeanCacheSizes(10, 123_450, 67_890);
    private static final NodeCaches.Buffers BUFFERS = new NodeCaches.Buffers(7, 40, 1234);

    private static final Summary.Caches CACHES = new Summary.Caches(HITS, SIZES, BUFFERS);

    private final Locale localeBefore = Locale.getDefault();

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(localeBefore);
    }

    @Test
    void jsonHasAllFields() throws JsonProcessingException {
        JsonNode json = parsed(summary(false));
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "seconds",
                        "heapMaxBytes",
                        "heapPeakLiveBytes",
                        "rounds",
                        "freedObjects",
                        "hitRate",
                        "meanPages",
                        "meanSessions",
                        "buffers",
                        "outOfMemory");
        assertThat(json.get("seconds").doubleValue()).isEqualTo(20.123);
        assertThat(json.get("heapMaxBytes").longValue()).isEqualTo(256 * Samples.MEGABYTE);
        assertThat(json.get("heapPeakLiveBytes").longValue()).isEqualTo(180 * Samples.MEGABYTE);
        assertThat(json.get("rounds").longValue()).isEqualTo(12);
        assertThat(json.get("freedObjects").longValue()).isEqualTo(34_567);
        assertThat(json.get("buffers")).hasToString("{\"free\":40,\"out\":7,\"reclaimed\":1234}");
        assertThat(json.get("outOfMemory").isBoolean()).isTrue();
        assertThat(json.get("outOfMemory").booleanValue()).isFalse();
    }

    @Test
    void hitRateHasEachTenantEvenWithoutLookups() throws JsonProcessingException {
        JsonNode rates = parsed(summary(false)).get("hitRate");
        assertThat(rates.fieldNames()).toIterable().containsExactly("/shop/web", "/shop/orm", "/batch");
        assertThat(rates.get("/shop/web").doubleValue()).isCloseTo(1 / 3.0, within(1e-4));
        assertThat(rates.get("/shop/orm").doubleValue()).isOne();
        assertThat(rates.get("/batch").doubleValue()).isZero();
    }

    @Test
    void outOfMemoryIsInTextAndJson() throws JsonProcessingException {
        assertThat(parsed(summary(true)).get("outOfMemory").booleanValue()).isTrue();
        assertThat(summary(true).lines().get(1)).startsWith("Out of memory after 20.1 s");
        assertThat(summary(false).lines().get(1)).startsWith("Ended after 20.1 s");
    }

    @Test
    void theLastLineIsTheJson() {
        List<String> lines = summary(false).lines();
        assertThat(lines.get(lines.size() - 1)).isEqualTo(summary(false).json());
        assertThat(lines).noneMatch(line -> line.contains("\n"));
    }

    @Test
    void linesHaveNumbersWithUnits() {
        assertThat(String.join("\n", summary(false).lines()))
                .contains("256 MB heap", "180 MB were live")
                .contains("12 rounds, 2 of them direct, freed 34567 objects, 90 MB")
                .contains("Direct buffers: 40 free, 7 out, 1234 reclaimed")
                .contains("/shop/web 33.3 %", "/shop/orm 100.0 %", "/batch -");
    }

    @Test
    void numbersHaveADecimalPointInAnyLocale() throws JsonProcessingException {
        List<String> before = summary(false).lines();
        for (Locale locale : List.of(Locale.GERMANY, Locale.forLanguageTag("ar-EG-u-nu-arab"))) {
            Locale.setDefault(locale);
            assertThat(summary(false).lines()).isEqualTo(before);
            assertThat(parsed(summary(false)).get("seconds").doubleValue()).isEqualTo(20.123);
        }
    }

    @Test
    void longRunIsWrittenInFull() throws JsonProcessingException {
        Summary longest = new Summary(Duration.ofHours(10_000), Long.MAX_VALUE, HEAP, CACHES, Optional.empty(), false);
        JsonNode json = parsed(longest);
        assertThat(json.get("seconds").doubleValue()).isEqualTo(36_000_000);
        assertThat(json.get("heapMaxBytes").longValue()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void cacheSizesAreMeans() throws JsonProcessingException {
        JsonNode json = parsed(summary(false));
        assertThat(json.get("meanPages").longValue()).isEqualTo(12_345);
        assertThat(json.get("meanSessions").longValue()).isEqualTo(6_789);
        assertThat(MeanCacheSizes.NONE.meanPages()).isZero();
    }

    @Test
    void memberHasTotalsOfRoundsOverTheCluster() throws JsonProcessingException {
        Summary member = new Summary(
                Duration.ofSeconds(1),
                Samples.MEGABYTE,
                HEAP,
                CACHES,
                Optional.of(new ClusterReclaimer.Status(3, 6_000, 5, 4_000, 0, 0, 0)),
                false);
        assertThat(member.lines())
                .contains(
                        "Cluster: 3 rounds requested here freed 6000 objects on all members; 5 parts of all rounds freed"
                                + " 4000 here");
        JsonNode cluster = parsed(member).get("cluster");
        assertThat(cluster.get("rounds").intValue()).isEqualTo(3);
        assertThat(cluster.get("freedObjects").intValue()).isEqualTo(6_000);
        assertThat(cluster.get("parts").intValue()).isEqualTo(5);
        assertThat(cluster.get("gaveObjects").intValue()).isEqualTo(4_000);
        assertThat(parsed(summary(false)).has("cluster")).isFalse();
    }

    private static Summary summary(boolean outOfMemory) {
        return new Summary(
                Duration.ofMillis(20_123), 256 * Samples.MEGABYTE, HEAP, CACHES, Optional.empty(), outOfMemory);
    }

    private static JsonNode parsed(Summary summary) throws JsonProcessingException {
        return new ObjectMapper().readTree(summary.json());
    }
}
