package io.reclaimer.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tables in Markdown, in the order of their numbers. */
final class ScaleTables {

    private final SortedMap<Integer, StringBuilder> tables = new TreeMap<>();

    /** Starts a table. It replaces an earlier one of the same number. */
    Table table(int number, String title, String... columns) {
        StringBuilder text = new StringBuilder("### " + title + "\n\n");
        tables.put(number, text);
        Table table = new Table(text);
        table.row((Object[]) columns);
        table.row(Arrays.stream(columns).map(column -> "---").toArray());
        return table;
    }

    void write(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, String.join("\n", tables.values()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One table. */
    record Table(StringBuilder text) {
        void row(Object... cells) {
            List<String> texts = Arrays.stream(cells).map(String::valueOf).toList();
            text.append("| ").append(String.join(" | ", texts)).append(" |\n");
        }
    }

    static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    static String millis(long nanos) {
        double millis = nanos / 1e6;
        return format(millis < 100 ? "%.1f" : "%,.0f", millis);
    }
}
