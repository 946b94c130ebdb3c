package io.reclaimer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The README and the pages as texts: their code, their prose, their anchors. */
final class Documents {

    static final Path README = Path.of("README.md");
    static final Path PAGES = Path.of("src", "site", "markdown");
    static final Path TESTS = Path.of("src", "test");
    static final Path MAIN = Path.of("src", "main", "java");

    private static final Pattern FENCE = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern INDENTED = Pattern.compile("(?<=\\n\\n)(?: {4}.*\\n)+");
    private static final Pattern SPAN = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);
    private static final Pattern ID = Pattern.compile("<a id=\"([^\"]+)\"></a>");

    private Documents() {}

    static String page(String name) {
        return read(PAGES.resolve(name));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The README and all pages. */
    static List<Path> all() {
        List<Path> all = new ArrayList<>(List.of(README));
        all.addAll(files(PAGES, ".md"));
        return all;
    }

    static List<Path> files(Path folder, String end) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The blocks of code in a language. */
    static List<String> code(String text, String language) {
        return FENCE.matcher(text)
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2).strip())
                .toList();
    }

    /** A text without its blocks of code. */
    static String prose(String text) {
        return INDENTED.matcher(FENCE.matcher(text).replaceAll("")).replaceAll("");
    }

    /** The code spans within the prose. */
    static List<String> spans(String text) {
        return SPAN.matcher(prose(text)).results().map(span -> span.group(1)).toList();
    }

    /** The anchors that a link to a part of this text can name: ids, and headings as GitHub names them. */
    static Set<String> anchors(String text) {
        Set<String> anchors = new HashSet<>();
        String prose = prose(text);
        ID.matcher(prose).results().map(id -> id.group(1)).forEach(anchors::add);
        for (MatchResult heading : HEADING.matcher(prose).results().toList()) {
            String title = ID.matcher(heading.group(1)).replaceAll("").strip();
            anchors.add(title.toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-'));
        }
        return anchors;
    }
}
