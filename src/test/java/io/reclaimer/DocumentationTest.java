package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Everything that the README and the pages link to, show or cite exists. */
class DocumentationTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern SNIPPET =
            Pattern.compile("// (?:README|DOCS) begin\\n(.*?)\\n *// (?:README|DOCS) end", Pattern.DOTALL);
    private static final Pattern TEST = Pattern.compile("\\b[A-Z][a-z]\\w*(?:Test|IT)\\b");
    private static final Pattern CITED_RULE = Pattern.compile("concepts\\.md (\\d+(?:\\.\\d+)?)\\b");
    private static final Pattern RULE_LINK = Pattern.compile("\\[rule (\\d+\\.\\d+)\\]");
    private static final Pattern RULE =
            Pattern.compile("^(?:## <a id=\"\\w+\"></a>(\\d+)\\. |- \\*\\*(\\d+\\.\\d+)\\*\\* )");

    @Test
    void eachLinkResolves() {
        List<String> broken = new ArrayList<>();
        for (Path document : Documents.all()) {
            for (String link : links(document)) {
                if (!resolves(document, link)) {
                    broken.add(document + ": " + link);
                }
            }
        }
        assertThat(broken).as("Links without a target").isEmpty();
    }

    @Test
    void eachPageIsLinkedFromTheReadme() {
        Set<Path> linked = links(Documents.README).stream()
                .map(link -> Path.of(link.replaceAll("#.*", "")))
                .collect(Collectors.toSet());
        assertThat(linked).containsAll(Documents.files(Documents.PAGES, ".md"));
    }

    @Test
    void javaCodeIsTakenFromTests() {
        Set<String> snippets = new HashSet<>(snippets());
        assertThat(Documents.all())
                .allSatisfy(document -> assertThat(Documents.code(Documents.read(document), "java"))
                        .as("Java code of [%s], each block between // DOCS begin and // DOCS end in a test", document)
                        .isSubsetOf(snippets));
    }

    @Test
    void codeThatTestsMarkIsShown() {
        Set<String> shown = Documents.all().stream()
                .flatMap(document -> Documents.code(Documents.read(document), "java").stream())
                .collect(Collectors.toSet());
        assertThat(snippets()).isNotEmpty().isSubsetOf(shown);
    }

    @Test
    void testsThatPagesNameExist() {
        Set<String> tests = Documents.files(Documents.TESTS, ".java").stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        for (Path document : Documents.all()) {
            assertThat(TEST.matcher(Documents.read(document)).results().map(MatchResult::group))
                    .as("Tests that [%s] names", document)
                    .isSubsetOf(tests);
        }
    }

    @Test
    void rulesThatAreCitedExist() {
        Set<String> rules = new HashSet<>();
        for (String line : Documents.page("concepts.md").lines().toList()) {
            RULE.matcher(line)
                    .results()
                    .map(rule -> rule.group(1) != null ? rule.group(1) : rule.group(2))
                    .forEach(rule -> assertThat(rules.add(rule)).as(rule).isTrue());
        }
        List<String> cited = Stream.concat(
                        Stream.concat(
                                        Documents.files(Documents.TESTS, ".java").stream(),
                                        Documents.files(Documents.MAIN, ".java").stream())
                                .flatMap(file ->
                                        CITED_RULE.matcher(Documents.read(file)).results()),
                        Documents.all().stream()
                                .flatMap(file ->
                                        RULE_LINK.matcher(Documents.read(file)).results()))
                .map(found -> found.group(1))
                .toList();
        assertThat(cited).hasSizeGreaterThan(9).isSubsetOf(rules);
    }

    private static List<String> links(Path document) {
        return LINK.matcher(Documents.prose(Documents.read(document)))
                .results()
                .map(link -> link.group(1))
                .filter(link -> !link.startsWith("https://"))
                .toList();
    }

    private static boolean resolves(Path document, String link) {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? document : document.resolveSibling(file).normalize();
        return Files.isRegularFile(target)
                && (hash < 0 || Documents.anchors(Documents.read(target)).contains(link.substring(hash + 1)));
    }

    private static List<String> snippets() {
        return Documents.files(Documents.TESTS, ".java").stream()
                .flatMap(file -> SNIPPET.matcher(Documents.read(file)).results())
                .map(snippet -> snippet.group(1).stripIndent().strip())
                .toList();
    }
}
