package io.reclaimer.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of the page about isolation: a line for each trouble, a column for each operation. */
final class IsolationPage {

    static final Path COMMITTED = Path.of("src", "site", "markdown", "isolation.md");
    static final Path FOUND = Path.of("target", "isolation.md");

    private static final String TIMES = "[0-9,.]+ ms";

    private final List<String> lines = new ArrayList<>();

    IsolationPage(Stream<String> columns) {
        List<String> titles = columns.toList();
        line(titles);
        line(titles.stream().map(title -> "---").toList());
    }

    void line(List<String> cells) {
        lines.add("| " + String.join(" | ", cells) + " |");
    }

    /** A cell: a time in readable form, and what was freed. */
    static String cell(long nanos, String freed) {
        double millis = nanos / 1e6;
        String time = String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%,.0f ms", millis);
        return freed.isEmpty() ? time : time + ": " + freed;
    }

    void write() throws IOException {
        Files.createDirectories(FOUND.toAbsolutePath().getParent());
        Files.write(FOUND, lines);
    }

    /** Writes the table into the committed page, in place of the present one. */
    void commit() throws IOException {
        List<String> page = Files.readAllLines(COMMITTED);
        List<String> table = tableOf(page);
        int at = page.indexOf(table.get(0));
        List<String> rewritten = new ArrayList<>(page.subList(0, at));
        rewritten.addAll(lines);
        rewritten.addAll(page.subList(at + table.size(), page.size()));
        Files.write(COMMITTED, rewritten);
    }

    /** The table without times. */
    String withoutTimes() {
        return withoutTimes(lines);
    }

    /** The table of the committed page without times. */
    static String committedWithoutTimes() throws IOException {
        return withoutTimes(tableOf(Files.readAllLines(COMMITTED)));
    }

    private static List<String> tableOf(List<String> page) {
        return page.stream()
                .dropWhile(line -> !line.startsWith("| trouble "))
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }

    private static String withoutTimes(List<String> table) {
        return table.stream().map(line -> line.replaceAll(TIMES, "ms")).collect(Collectors.joining("\n"));
    }
}
