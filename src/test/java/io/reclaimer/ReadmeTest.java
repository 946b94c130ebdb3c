package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README is short, and its coordinates and figures are those of the build and of the pages. */
class ReadmeTest {

    private static final int MOST_LINES = 150;

    private final String readme = Documents.read(Documents.README);
    private final String pom = Documents.read(Path.of("pom.xml"));

    @Test
    void readmeIsShort() {
        assertThat(readme.lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
    }

    @Test
    void coordinatesAreThoseOfTheBuild() {
        assertThat(readme)
                .contains("""
                <dependency>
                  <groupId>io.reclaimer</groupId>
                  <artifactId>reclaimer</artifactId>
                  <version>%s</version>
                </dependency>
                """.formatted(first("<artifactId>reclaimer</artifactId>\\s*<version>(.*?)</version>")));
        assertThat(readme).contains("""
                  <artifactId>caffeine</artifactId>
                  <version>%s</version>
                """.formatted(first("<caffeine.version>(.*?)</caffeine.version>")));
        assertThat(readme).contains("Akka " + first("<akka.version>(.*?)</akka.version>"));
    }

    @Test
    void figuresOfThePictureAreThoseOfTheBenchmarks() {
        Matcher picture = Pattern.compile("at most (\\d+ MB) live.*?and ([\\d,]+) rounds", Pattern.DOTALL)
                .matcher(readme);
        assertThat(picture.find()).isTrue();
        assertThat(Documents.page("benchmarks.md"))
                .containsPattern(
                        "\\| 17, G1 \\|.*\\| %s \\| %s \\| no \\|".formatted(picture.group(2), picture.group(1)));
    }

    private String first(String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(pom);
        assertThat(found.find()).as(pattern).isTrue();
        return found.group(1);
    }
}
