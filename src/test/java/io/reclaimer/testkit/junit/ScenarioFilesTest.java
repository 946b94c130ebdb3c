package io.reclaimer.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.scenario.model.ScenarioException;
import io.reclaimer.scenario.model.ScenarioResult;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenario files as tests. Each case is a test class that a user could write, and its outcome. */
class ScenarioFilesTest {

    @TempDir
    static Path folder;

    static class GoodOnes {
        @ScenarioFiles({"classpath:kit-scenarios", "conf/scenarios/cold-start.conf"})
        void meetsItsExpectations(ScenarioResult result) {
            assertThat(result.verdicts()).isNotEmpty();
        }
    }

    @Test
    void eachScenarioIsATestWithItsName() {
        Fixtures.Outcome outcome = Fixtures.run(GoodOnes.class);
        assertThat(outcome.failures()).isEmpty();
        assertThat(outcome.succeeded()).containsExactly("two-tenants", "cold-start");
    }

    static class Failing {
        @ScenarioFiles("classpath:kit-scenarios-bad")
        void meetsItsExpectations() {}
    }

    @Test
    void unmetExpectationFailsItsTestWithTheValueAndTheLastEvents() {
        assertThat(Fixtures.run(Failing.class).onlyFailure())
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(
                        "[failing]",
                        "at line 5:",
                        "expected 4,711",
                        "actual   128",
                        "round over / for 100 objects: TARGET_REACHED");
    }

    static class Bad {
        @ScenarioFiles("target/bad-scenario.conf")
        void meetsItsExpectations() {}
    }

    @Test
    void invalidFileFailsWithAllItsErrors() throws IOException {
        Files.writeString(Path.of("target", "bad-scenario.conf"), "sede = 1\nnodes = 0\n");
        assertThat(Fixtures.run(Bad.class).onlyFailure())
                .isInstanceOf(ScenarioException.class)
                .hasMessageContainingAll("bad-scenario.conf:1: sede: unknown", "bad-scenario.conf:2: nodes: is [0]");
    }

    static class Missing {
        @ScenarioFiles("classpath:no-such-folder")
        void meetsItsExpectations() {}
    }

    static class Empty {
        @ScenarioFiles("src/site")
        void meetsItsExpectations() {}
    }

    @Test
    void placeWithoutScenariosFails() {
        assertThat(Fixtures.run(Missing.class).failures())
                .singleElement()
                .asString()
                .contains("no [no-such-folder] on the class path");
        assertThat(Fixtures.run(Empty.class).failures())
                .singleElement()
                .asString()
                .contains("no *.conf and no *.json in [src/site]");
    }

    /** As test resources of another project are. */
    @Test
    void scenariosAreFoundInAJar() throws Exception {
        Path jar = folder.resolve("scenarios.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.putNextEntry(new JarEntry("inside/"));
            entries.putNextEntry(new JarEntry("inside/one.conf"));
            entries.write("about = \"nothing\"".getBytes(StandardCharsets.UTF_8));
        }
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            assertThat(ScenarioTemplates.onClassPath("inside", loader))
                    .singleElement()
                    .matches(scenario -> scenario.name().equals("one"));
        }
    }
}
