package io.reclaimer.console;

import io.reclaimer.cluster.ClusterReclaimer;
import io.reclaimer.console.demo.Hits;
import io.reclaimer.console.demo.MeanCacheSizes;
import io.reclaimer.console.demo.NodeCaches;
import io.reclaimer.console.demo.Tenant;
import io.reclaimer.console.report.Formats;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * The results of a run.
 *
 * @param elapsed the time since the start of the load
 * @param heapMaxBytes the heap's maximum
 * @param heap the last status
 * @param cluster the totals of rounds over the cluster; empty for a node that is no member
 * @param outOfMemory whether an {@link OutOfMemoryError} ended the run
 */
record Summary(
        Duration elapsed,
        long heapMaxBytes,
        HeapStatus heap,
        Caches caches,
        Optional<ClusterReclaimer.Status> cluster,
        boolean outOfMemory) {

    /**
     * The results of the caches.
     *
     * @param hits the hits of each tenant over the whole run
     * @param buffers the state of the direct buffers at the end
     */
    record Caches(Map<Tenant, Hits.Rate> hits, MeanCacheSizes sizes, NodeCaches.Buffers buffers) {}

    /** Returns lines for people, then {@link #json}. */
    List<String> lines() {
        NodeCaches.Buffers buffers = caches.buffers();
        List<String> lines = new ArrayList<>(List.of(
                "",
                Formats.format(
                        "%s after %.1f s; of %d MB heap at most %d MB were live",
                        outOfMemory ? "Out of memory" : "Ended",
                        seconds(),
                        Formats.megabytes(heapMaxBytes),
                        Formats.megabytes(heap.peakLiveBytes())),
                Formats.format(
                        "%d rounds, %d of them direct, freed %d objects, %d MB",
                        heap.rounds(), heap.directRounds(), heap.freedObjects(), Formats.megabytes(heap.freedBytes())),
                Formats.format(
                        "Direct buffers: %d free, %d out, %d reclaimed",
                        buffers.free(), buffers.leased(), buffers.reclaimed()),
                "Hit rate: " + byTenant(", ", (path, rate) -> path + " " + StatusLine.percent(rate))));
        cluster.ifPresent(status -> lines.add(Formats.format(
                "Cluster: %d rounds requested here freed %d objects on all members; %d parts of all rounds freed %d here",
                status.rounds(), status.freedObjects(), status.parts(), status.gaveObjects())));
        lines.add(json());
        return lines;
    }

    /** Returns one JSON object in one line. */
    String json() {
        NodeCaches.Buffers buffers = caches.buffers();
        return Formats.format(
                "{\"seconds\":%.3f,\"heapMaxBytes\":%d,\"heapPeakLiveBytes\":%d,\"rounds\":%d,\"freedObjects\":%d,"
                        + "\"hitRate\":{%s},\"meanPages\":%d,\"meanSessions\":%d,\"buffers\":{\"free\":%d,\"out\":%d,\"reclaimed\":%d},%s\"outOfMemory\":%b}",
                seconds(),
                heapMaxBytes,
                heap.peakLiveBytes(),
                heap.rounds(),
                heap.freedObjects(),
                byTenant(",", (path, rate) -> Formats.format("\"%s\":%.4f", path, rate.share())),
                caches.sizes().meanPages(),
                caches.sizes().meanSessions(),
                buffers.free(),
                buffers.leased(),
                buffers.reclaimed(),
                cluster.map(Summary::json).orElse(""),
                outOfMemory);
    }

    private static String json(ClusterReclaimer.Status status) {
        return Formats.format(
                "\"cluster\":{\"rounds\":%d,\"freedObjects\":%d,\"parts\":%d,\"gaveObjects\":%d},",
                status.rounds(), status.freedObjects(), status.parts(), status.gaveObjects());
    }

    private double seconds() {
        return elapsed.toMillis() / 1000.0;
    }

    private String byTenant(String separator, BiFunction<CgroupPath, Hits.Rate, String> text) {
        return Arrays.stream(Tenant.values())
                .map(tenant -> text.apply(tenant.path(), caches.hits().getOrDefault(tenant, Hits.Rate.NONE)))
                .collect(Collectors.joining(separator));
    }
}
