package io.reclaimer.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.console.demo.Hits;
import io.reclaimer.console.demo.Pace;
import io.reclaimer.console.demo.Tenant;
import io.reclaimer.console.demo.TenantLoad;
import io.reclaimer.console.demo.Zipf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;

/**
 * Compares the node program with caches of fixed sizes. Each tenant gets an equal share of the mean number of pages, and of
 * sessions, that the program's caches held. Both get the same requests at the program's pace. Prints one line for each
 * collector.
 */
public final class FixedShares {

    private static final List<String> COLLECTORS = List.of("G1", "Parallel", "Serial", "Z");
    private static final String HEAP = "-Xmx256m";
    private static final long KEYS = 200_000;
    private static final double EXPONENT = 0.9;

    private FixedShares() {}

    /** @param seconds the duration of each run */
    public static void run(int seconds) throws IOException {
        System.out.println(
                "| collector | hit rate | fixed shares | difference, points | rounds | most live, MB | out of memory |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (String collector : COLLECTORS) {
            System.out.println(compared(collector, seconds));
        }
    }

    private static String compared(String collector, int seconds) throws IOException {
        Path javaHome = Path.of(System.getProperty("bench.java.home", System.getProperty("java.home")));
        Process process = new ProcessBuilder(
                        javaHome.resolve("bin/java").toString(),
                        HEAP,
                        "-XX:+Use" + collector + "GC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--run-for",
                        seconds + "s")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = new ArrayList<>(
                process.inputReader(StandardCharsets.UTF_8).lines().toList());
        JsonNode run = new ObjectMapper().readTree(lines.get(lines.size() - 1));
        double program = StreamSupport.stream(run.get("hitRate").spliterator(), false)
                .mapToDouble(JsonNode::doubleValue)
                .average()
                .orElseThrow();
        double fixed = fixedHitRate(
                run.get("meanPages").longValue(), run.get("meanSessions").longValue(), seconds);
        return String.format(
                Locale.ROOT,
                "| %s | %.2f %% | %.2f %% | %+.2f | %d | %d | %s |",
                collector,
                100 * program,
                100 * fixed,
                100 * (program - fixed),
                run.get("rounds").longValue(),
                run.get("heapPeakLiveBytes").longValue() >> 20,
                run.get("outOfMemory").booleanValue() ? "yes" : "no");
    }

    /** Returns the mean over the tenants, as it is computed for the program. */
    private static double fixedHitRate(long pages, long sessions, int seconds) {
        int tenants = Tenant.values().length;
        Map<Tenant, Hits> hits = new EnumMap<>(Tenant.class);
        SplittableRandom random = new SplittableRandom(1);
        for (Tenant tenant : Tenant.values()) {
            hits.put(tenant, requests(tenant, pages / tenants, sessions / tenants, seconds, random.split()));
        }
        return hits.values().stream()
                .mapToDouble(of -> of.now().share())
                .average()
                .orElseThrow();
    }

    private static Hits requests(Tenant tenant, long pages, long sessions, int seconds, SplittableRandom random) {
        Cache<Long, byte[]> pageCache =
                Caffeine.newBuilder().maximumSize(pages).executor(Runnable::run).build();
        Map<Long, Boolean> sessionCache = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
                return size() > sessions;
            }
        };
        Zipf keys = new Zipf(KEYS, EXPONENT, random);
        Hits hits = new Hits();
        double due = 0;
        long bursts = Duration.ofSeconds(seconds).dividedBy(TenantLoad.BURST_INTERVAL);
        for (long burst = 0; burst < bursts; burst++) {
            due += TenantLoad.REQUESTS_PER_SECOND
                    * Pace.USUAL.factor(tenant, TenantLoad.BURST_INTERVAL.multipliedBy(burst))
                    * TenantLoad.BURST_INTERVAL.toMillis()
                    / 1000;
            for (; due >= 1; due--) {
                long key = keys.getAsLong();
                long found = 0;
                if (pageCache.getIfPresent(key) != null) {
                    found++;
                } else {
                    pageCache.put(key, new byte[0]);
                }
                if (sessionCache.put(key, true) != null) {
                    found++;
                }
                hits.add(found, 2);
            }
        }
        return hits;
    }
}
