package io.reclaimer.cluster;

import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The table in which members of a cluster publish their pressure and what they could free, as far as it has arrived on this
 * member. For people and dashboards: no round uses it. A member publishes a new row when a number has changed by more than a
 * step, and at regular intervals.
 *
 * @param rows by the name of the member
 */
public record ClusterTable(List<Row> rows) {

    /**
     * The row of one member.
     *
     * @param member the name, {@code host:port}
     * @param isReachable whether the member can be reached now
     * @param pressure its memory pressure
     * @param liveBytes its estimate of the live bytes of the heap; 0 where the heap is not watched
     * @param limitBytes the bytes that can be live there
     * @param freeableObjects the objects that all cgroups together could free
     * @param cgroups the cgroups that could free most and their objects, in descending order
     * @param age the time since the row was published, as far as the clocks of the two members agree
     */
    public record Row(
            String member,
            boolean isReachable,
            MemberPressure pressure,
            long liveBytes,
            long limitBytes,
            long freeableObjects,
            Map<CgroupPath, Long> cgroups,
            Duration age) {

        static Row of(ClusterMessage.Row row, boolean isReachable, long nowMillis) {
            Map<CgroupPath, Long> cgroups = new LinkedHashMap<>();
            for (int i = 0; i < row.cgroups().size(); i++) {
                cgroups.put(
                        CgroupPath.of(row.cgroups().get(i)), row.cgroupObjects().get(i));
            }
            return new Row(
                    row.member(),
                    isReachable,
                    MemberPressure.namedOrMin(row.pressure()),
                    row.liveBytes(),
                    row.limitBytes(),
                    row.freeableObjects(),
                    cgroups,
                    Duration.ofMillis(Math.max(0, nowMillis - row.publishedMillis())));
        }
    }

    /** The table as text: a title, and a line per member. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(line("member", "age", "pressure", "live/limit MB", "freeable", "most in"));
        for (Row row : rows) {
            lines.add(line(
                    row.member(),
                    row.age().toSeconds() + " s",
                    row.isReachable() ? row.pressure().name().toLowerCase(Locale.ROOT) : "unreachable",
                    (row.liveBytes() >> 20) + "/" + (row.limitBytes() >> 20),
                    Long.toString(row.freeableObjects()),
                    row.cgroups().entrySet().stream()
                            .limit(3)
                            .map(entry -> entry.getKey() + " " + entry.getValue())
                            .reduce((a, b) -> a + ", " + b)
                            .orElse("-")));
        }
        return lines;
    }

    private static String line(String... cells) {
        return String.format(Locale.ROOT, "%-21s  %6s  %-11s  %13s  %10s  %s", (Object[]) cells);
    }
}
