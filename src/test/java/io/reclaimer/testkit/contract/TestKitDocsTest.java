package io.reclaimer.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages about the test kit show code that is tested, and list all clauses. */
class TestKitDocsTest {

    private static final Path PAGES = Path.of("src/site/markdown");
    private static final Path TESTS = Path.of("src/test/java/io/reclaimer/testkit/example");
    private static final Pattern SNIPPET = Pattern.compile("// DOCS begin\\n(.*?)\\n *// DOCS end", Pattern.DOTALL);
    private static final Pattern CLAUSE = Pattern.compile("^### (.*)$", Pattern.MULTILINE);

    @ParameterizedTest
    @CsvSource({
        "shrinker-contract.md, PageCacheContractTest",
        "test-kit.md, PagesTest",
        "test-kit.md, ManualTimeTest",
        "test-kit.md, OurScenariosTest"
    })
    void pageShowsTheExampleThatRuns(String page, String test) throws IOException {
        assertThat(Files.readString(PAGES.resolve(page))).contains("```java\n" + snippet(test) + "\n```");
    }

    @Test
    void contractPageListsEachClauseByNumber() throws IOException {
        List<String> listed = CLAUSE.matcher(Files.readString(PAGES.resolve("shrinker-contract.md")))
                .results()
                .map(heading -> heading.group(1))
                .toList();
        assertThat(listed)
                .containsExactlyElementsOf(Arrays.stream(Clause.values())
                        .map(clause -> "<a id=\"" + clause.number().toLowerCase(Locale.ROOT) + "\"></a>"
                                + clause.number() + ": " + clause.title())
                        .toList());
    }

    private static String snippet(String test) throws IOException {
        Matcher snippet = SNIPPET.matcher(Files.readString(TESTS.resolve(test + ".java")));
        assertThat(snippet.find()).as("snippet in " + test).isTrue();
        return snippet.group(1).stripIndent().strip();
    }
}
