package io.reclaimer.console;

import io.reclaimer.cluster.ClusterReclaimer;
import io.reclaimer.cluster.ClusterTable;
import io.reclaimer.pressure.HeapStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The line a second of a running node, and the two above it that say what the columns are. */
final class StatusLine {

    private static final long MEGABYTE = 1 << 20;

    private StatusLine() {}

    /** What runs. */
    static List<String> header(Options options, long maxBytes) {
        List<String> lines = new ArrayList<>();
        lines.add("A node with a heap of up to " + megabytes(maxBytes) + " MB on Java "
                + Runtime.version().feature()
                + ", reclaim " + (options.reclaim() ? "on" : "off") + ", "
                + options.runFor()
                        .map(duration -> "for " + duration.toMillis() / 1000.0 + " s")
                        .orElse("until Ctrl-C"));
        for (Options.Load load : options.loads()) {
            lines.add(String.format("  %-9s  %s", load.tenant().path(), load.keys()));
        }
        return lines;
    }

    /** What the columns are, in two lines. */
    static List<String> title() {
        StringBuilder names =
                new StringBuilder(columns("time", "used/max", "live/limit", "pressure", "rounds", "direct", "freed"));
        for (Tenant tenant : Tenant.values()) {
            names.append(String.format("  %7s", tenant.shortName()));
        }
        return List.of(
                columns("", "heap MB", "MB", "", "", "", "objects") + "  hit rate of the last second",
                names.append("  surge").toString());
    }

    /**
     * @param elapsed since the start of the load
     * @param maxBytes the heap's maximum
     * @param options what runs
     * @param hits of each tenant since the last line
     */
    static String of(Duration elapsed, long maxBytes, HeapStatus heap, Options options, Map<Tenant, Hits.Rate> hits) {
        StringBuilder line = new StringBuilder(columns(
                elapsed.toSeconds() + " s",
                megabytes(heap.usedBytes()) + "/" + megabytes(maxBytes),
                megabytes(heap.liveBytes()) + "/" + megabytes(heap.limitBytes()),
                options.reclaim() ? heap.state().name().toLowerCase(Locale.ROOT) : "(off)",
                heap.rounds(),
                heap.directRounds(),
                heap.freedObjects()));
        for (Tenant tenant : Tenant.values()) {
            line.append(String.format("  %7s", percent(hits.getOrDefault(tenant, Hits.Rate.NONE))));
        }
        return line.append("  ")
                .append(options.pace().surges() ? Phases.surging(elapsed).shortName() : "-")
                .toString();
    }

    /** Who is in the cluster now. */
    static String members(List<String> names) {
        return "  cluster: " + names.size() + (names.size() == 1 ? " member: " : " members: ")
                + String.join(", ", names);
    }

    /** What the members say of themselves. */
    static List<String> table(ClusterTable table) {
        return table.lines().stream().map(line -> "  cluster: " + line).toList();
    }

    /** What a member gave in rounds over the cluster since the last line. */
    static String gave(ClusterReclaimer.Status before, ClusterReclaimer.Status now) {
        long parts = now.parts() - before.parts();
        return String.format(
                Locale.ROOT,
                "  cluster: gave %,d objects in %,d %s; %,d in all",
                now.gaveObjects() - before.gaveObjects(),
                parts,
                parts == 1 ? "round" : "rounds",
                now.gaveObjects());
    }

    static long megabytes(long bytes) {
        return Math.round((double) bytes / MEGABYTE);
    }

    static String percent(Hits.Rate rate) {
        return rate.lookups() == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * rate.share());
    }

    private static String columns(Object... values) {
        return String.format(Locale.ROOT, "%7s  %9s  %10s  %8s  %7s  %6s  %10s", values);
    }
}
