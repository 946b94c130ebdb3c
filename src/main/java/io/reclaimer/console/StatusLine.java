package io.reclaimer.console;

import io.reclaimer.budget.BudgetStatus;
import io.reclaimer.cluster.ClusterReclaimer;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.cluster.ClusterTable;
import io.reclaimer.console.demo.Hits;
import io.reclaimer.console.demo.Phases;
import io.reclaimer.console.demo.SurgeRounds;
import io.reclaimer.console.demo.Tenant;
import io.reclaimer.console.report.Formats;
import io.reclaimer.pressure.HeapStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The lines that a running node prints: a status line every second, its column titles, and lines about the cluster. */
final class StatusLine {

    private static final String CLUSTER = "  cluster: ";

    private StatusLine() {}

    /** Describes the run. */
    static List<String> header(NodeOptions options, long maxBytes) {
        List<String> lines = new ArrayList<>();
        lines.add("A node with a heap of up to " + Formats.megabytes(maxBytes) + " MB on Java "
                + Runtime.version().feature()
                + ", reclaim " + (options.reclaim() ? "on" : "off") + ", "
                + options.runFor()
                        .map(duration -> "for " + Formats.span(duration))
                        .orElse("until Ctrl-C"));
        for (NodeOptions.Load load : options.loads()) {
            lines.add(Formats.format("  %-9s  %s", load.tenant().path(), load.keys()));
        }
        return lines;
    }

    /** Returns the titles of the columns, in two lines. */
    static List<String> title() {
        StringBuilder names =
                new StringBuilder(columns("time", "used/max", "live/limit", "pressure", "rounds", "direct", "freed"));
        for (Tenant tenant : Tenant.values()) {
            names.append(Formats.format("  %7s", tenant.shortName()));
        }
        return List.of(
                columns("", "heap MB", "MB", "", "", "", "objects") + "  hit rate of the last second",
                names.append("  surge").toString());
    }

    /**
     * Returns a status line.
     *
     * @param elapsed the time since the start of the load
     * @param maxBytes the heap's maximum
     * @param hits the hits of each tenant since the previous line
     */
    static String of(
            Duration elapsed, long maxBytes, HeapStatus heap, NodeOptions options, Map<Tenant, Hits.Rate> hits) {
        StringBuilder line = new StringBuilder(columns(
                elapsed.toSeconds() + " s",
                Formats.megabytes(heap.usedBytes()) + "/" + Formats.megabytes(maxBytes),
                Formats.megabytes(heap.liveBytes()) + "/" + Formats.megabytes(heap.limitBytes()),
                options.reclaim() ? Formats.name(heap.state()) : "(off)",
                heap.rounds(),
                heap.directRounds(),
                heap.freedObjects()));
        for (Tenant tenant : Tenant.values()) {
            line.append(Formats.format("  %7s", percent(hits.getOrDefault(tenant, Hits.Rate.NONE))));
        }
        return line.append("  ")
                .append(options.pace().surges() ? Phases.surging(elapsed).shortName() : "-")
                .toString();
    }

    /** Lists the reachable members of the cluster. */
    static String members(List<String> names) {
        return CLUSTER + Formats.count(names.size(), "member") + ": " + String.join(", ", names);
    }

    /** Tells what each cgroup with limits holds. */
    static List<String> budgets(List<BudgetStatus> budgets) {
        return budgets.stream().map(StatusLine::budget).toList();
    }

    private static String budget(BudgetStatus of) {
        return Formats.format(
                "  budget: %s on %s holds %s MB%s%s; peak %s MB, %s above high, %s above max%s",
                of.cgroup(),
                of.node(),
                of.heldBytes().isPresent() ? Formats.megabytes(of.heldBytes().getAsLong()) : "?",
                limit(", high", of.limits().high()),
                limit(", max", of.limits().max()),
                Formats.megabytes(of.peakBytes()),
                Formats.count(of.highEvents(), "round"),
                Formats.count(of.maxEvents(), "round"),
                of.lastOutcome()
                        .map(outcome -> ", the last one: " + Formats.name(outcome))
                        .orElse(""));
    }

    private static String limit(String name, OptionalLong bytes) {
        return bytes.isPresent() ? name + " " + Formats.megabytes(bytes.getAsLong()) + " MB" : "";
    }

    static List<String> table(ClusterTable table) {
        return table.lines().stream().map(line -> CLUSTER + line).toList();
    }

    /** Tells what this member freed for rounds over the cluster between two readings. */
    static String gave(ClusterReclaimer.Status before, ClusterReclaimer.Status now) {
        return CLUSTER + "gave " + Formats.number(now.gaveObjects() - before.gaveObjects()) + " objects in "
                + Formats.count(now.parts() - before.parts(), "round") + "; " + Formats.number(now.gaveObjects())
                + " in all";
    }

    /** Tells what each member freed in a round for the surging tenant. */
    static String surge(ClusterReport report) {
        return Formats.format(
                        CLUSTER + "%s surges; asked for %,d objects, freed %,d (%s) in %.1f ms: ",
                        report.cgroup(),
                        SurgeRounds.OBJECTS,
                        report.freedObjects(),
                        Formats.name(report.outcome()),
                        report.elapsed().toNanos() / 1e6)
                + report.members().stream().map(StatusLine::member).collect(Collectors.joining(", "));
    }

    private static String member(ClusterReport.Member member) {
        String outcome =
                member.outcome() == ClusterReport.MemberOutcome.DONE ? "" : " " + Formats.name(member.outcome());
        return member.member() + " " + Formats.number(member.freedObjects()) + outcome;
    }

    static String percent(Hits.Rate rate) {
        return rate.lookups() == 0 ? "-" : Formats.percent(rate.share());
    }

    private static String columns(Object... values) {
        return Formats.format("%7s  %9s  %10s  %8s  %7s  %6s  %10s", values);
    }
}
