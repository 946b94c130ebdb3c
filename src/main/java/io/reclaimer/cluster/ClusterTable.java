package io.reclaimer.cluster;

import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the members of a cluster have said of themselves, as far as this member has heard. A row is replaced when something in
 * it changed by more than a step, and from time to time.
 *
 * @param rows by name of the member
 */
public record ClusterTable(List<Row> rows) {

    /**
     * One member.
     *
     * @param member its name, {@code host:port}
     * @param reachable whether it can be reached now
     * @param pressure how short of heap it is
     * @param liveBytes the estimate of what is live of its heap; 0 where it is unwatched
     * @param limitBytes how much can live there
     * @param freeableObjects what all its cgroups could free
     * @param cgroups what those could free that could free most, the most first
     * @param age since it was published, as far as the clocks of the two members agree
     */
    public record Row(
            String member,
            boolean reachable,
            MemberPressure pressure,
            long liveBytes,
            long limitBytes,
            long freeableObjects,
            Map<CgroupPath, Long> cgroups,
            Duration age) {}

    /** For people: a title, and a line a member. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(line("member", "age", "pressure", "live/limit MB", "freeable", "most in"));
        for (Row row : rows) {
            lines.add(line(
                    row.member(),
                    row.age().toSeconds() + " s",
                    row.reachable() ? row.pressure().name().toLowerCase(Locale.ROOT) : "unreachable",
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
