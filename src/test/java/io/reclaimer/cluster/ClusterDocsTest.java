package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tests that the page about rounds over a cluster names exist. */
class ClusterDocsTest {

    private static final Pattern ROW = Pattern.compile("^\\| .* \\| `(\\w+)\\.(\\w+)` \\|$", Pattern.MULTILINE);

    @Test
    void eachFaultOfThePageHasItsTest() throws IOException {
        String page = Files.readString(Path.of("src/site/markdown/cluster.md"));
        List<MatchResult> rows = ROW.matcher(page).results().toList();
        assertThat(rows).hasSizeGreaterThanOrEqualTo(15);
        assertThat(rows).allSatisfy(row -> {
            Class<?> test = Class.forName("io.reclaimer.cluster." + row.group(1));
            assertThat(test.getDeclaredMethods())
                    .as(row.group())
                    .filteredOn(method -> method.getName().equals(row.group(2)))
                    .singleElement()
                    .matches(method -> method.getAnnotations().length > 0, "is a test");
        });
    }
}
