package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Everything that the README and the pages link to, show, quote or cite exists. */
class DocumentationTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern SNIPPET =
            Pattern.compile("// (?:README|DOCS) begin\\n(.*?)\\n *// (?:README|DOCS) end", Pattern.DOTALL);
    private static final Pattern TEST = Pattern.compile("\\b[A-Z][a-z]\\w*(?:Test|IT)\\b");
    private static final Pattern CITED_RULE = Pattern.compile("concepts\\.md (\\d+(?:\\.\\d+)?)\\b");
    private static final Pattern RULE_LINK = Pattern.compile("\\[rule (\\d+\\.\\d+)\\]");
    private static final Pattern RULE =
            Pattern.compile("^(?:## <a id=\"\\w+\"></a>(\\d+)\\. |- \\*\\*(\\d+\\.\\d+)\\*\\* )");

    private static final Pattern SETTING =
            Pattern.compile("^\\| `([a-z.-]+)` \\| `(.+?)` \\| .+ \\|$", Pattern.MULTILINE);

    /** The titles of columns whose code is quoted from the source. */
    private static final Set<String> QUOTING = Set.of("log", "log or message", "fault", "reason", "what is seen");

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

    @Test
    void pageOfSettingsHasEachOneOfTheReferenceFileWithItsDefault() {
        Map<String, Object> shown = new TreeMap<>();
        SETTING.matcher(Documents.page("settings.md"))
                .results()
                .forEach(row -> shown.put(
                        row.group(1),
                        ConfigFactory.parseString("value = " + row.group(2))
                                .getValue("value")
                                .unwrapped()));
        Map<String, Object> defaults = new TreeMap<>();
        Config reference = ConfigFactory.parseFile(new File("src/main/resources/reference.conf"))
                .getConfig("reclaimer");
        reference.entrySet().stream()
                .filter(setting ->
                        !ConfigUtil.splitPath(setting.getKey()).get(0).endsWith("-dispatcher"))
                .forEach(setting ->
                        defaults.put(setting.getKey(), setting.getValue().unwrapped()));
        assertThat(shown).isEqualTo(defaults);
    }

    @Test
    void textsThatThePageAboutTroubleshootingQuotesAreInTheSource() {
        String source = Documents.files(Documents.MAIN, ".java").stream()
                .map(Documents::read)
                .collect(Collectors.joining("\n"))
                .replaceAll("\"\\s*\\+\\s*\"", "");
        List<String> quoted = quoted(Documents.page("troubleshooting.md"));
        assertThat(quoted)
                .hasSizeGreaterThan(30)
                .allSatisfy(text -> assertThat(source.contains(text))
                        .as("[%s] is written by the program", text)
                        .isTrue());
    }

    /** Texts of several words in the first column of tables that quote. */
    private static List<String> quoted(String page) {
        List<String> quoted = new ArrayList<>();
        boolean quotes = false;
        boolean inTable = false;
        for (String line : page.lines().toList()) {
            if (!line.startsWith("|")) {
                inTable = false;
                continue;
            }
            String first = line.split("\\|")[1].strip();
            if (!inTable) {
                inTable = true;
                quotes = QUOTING.contains(first);
            } else if (quotes) {
                Documents.spans(first).stream()
                        .filter(span -> span.contains(" "))
                        .forEach(quoted::add);
            }
        }
        return quoted;
    }
}
