package io.reclaimer.console;

import io.reclaimer.adapter.DirectBufferPool;
import io.reclaimer.cluster.ClusterReclaimer;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * What a run came to.
 *
 * @param elapsed from the start of the load
 * @param heapMaxBytes the heap's maximum
 * @param heap the last status
 * @param hits of each tenant over all the run
 * @param held what caches held on average
 * @param buffers what there was of direct buffers at the end
 * @param cluster what was done in rounds over the cluster; empty for a node that is no member
 * @param outOfMemory whether that ended it
 */
record Summary(
        Duration elapsed,
        long heapMaxBytes,
        HeapStatus heap,
        Map<Tenant, Hits.Rate> hits,
        MeanHeld held,
        DirectBufferPool.Statistics buffers,
        Optional<ClusterReclaimer.Status> cluster,
        boolean outOfMemory) {

    /** For people; the last line is {@link #json}. */
    List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(
                "",
                format(
                        "%s after %.1f s; of %d MB heap at most %d MB were live",
                        outOfMemory ? "Out of memory" : "Ended",
                        seconds(),
                        StatusLine.megabytes(heapMaxBytes),
                        StatusLine.megabytes(heap.peakLiveBytes())),
                format(
                        "%d rounds, %d of them direct, freed %d objects, %d MB",
                        heap.rounds(),
                        heap.directRounds(),
                        heap.freedObjects(),
                        StatusLine.megabytes(heap.freedBytes())),
                format(
                        "Direct buffers: %d free, %d out, %d reclaimed",
                        buffers.free(), buffers.out(), buffers.reclaimed()),
                "Hit rate: " + byTenant(", ", (path, rate) -> path + " " + StatusLine.percent(rate))));
        cluster.ifPresent(status -> lines.add(format(
                "Cluster: %d rounds requested here freed %d objects on all members; %d parts of all rounds freed %d here",
                status.rounds(), status.freedObjects(), status.parts(), status.gaveObjects())));
        lines.add(json());
        return lines;
    }

    /** One object in one line. */
    String json() {
        return format(
                "{\"seconds\":%.3f,\"heapMaxBytes\":%d,\"heapPeakLiveBytes\":%d,\"rounds\":%d,\"freedObjects\":%d,"
                        + "\"hitRate\":{%s},\"meanPages\":%d,\"meanSessions\":%d,\"buffers\":{\"free\":%d,\"out\":%d,\"reclaimed\":%d},%s\"outOfMemory\":%b}",
                seconds(),
                heapMaxBytes,
                heap.peakLiveBytes(),
                heap.rounds(),
                heap.freedObjects(),
                byTenant(",", (path, rate) -> format("\"%s\":%.4f", path, rate.share())),
                held.meanPages(),
                held.meanSessions(),
                buffers.free(),
                buffers.out(),
                buffers.reclaimed(),
                cluster.map(Summary::json).orElse(""),
                outOfMemory);
    }

    private static String json(ClusterReclaimer.Status status) {
        return format(
                "\"cluster\":{\"rounds\":%d,\"freedObjects\":%d,\"parts\":%d,\"gaveObjects\":%d},",
                status.rounds(), status.freedObjects(), status.parts(), status.gaveObjects());
    }

    private double seconds() {
        return elapsed.toMillis() / 1000.0;
    }

    private String byTenant(String separator, BiFunction<CgroupPath, Hits.Rate, String> written) {
        return Arrays.stream(Tenant.values())
                .map(tenant -> written.apply(tenant.path(), hits.getOrDefault(tenant, Hits.Rate.NONE)))
                .collect(Collectors.joining(separator));
    }

    /** Numbers have a point, whatever the locale. */
    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
