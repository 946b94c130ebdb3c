package io.reclaimer.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Jvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The test kit works in a build without Logback and without all other optional libraries that it does not need. */
@Tag("nightly")
class WithoutLogbackIT {

    /** The libraries that akka-actor-testkit-typed and junit-jupiter bring, and those that these tests use. */
    private static final List<String> NEEDED = List.of(
            "reclaimer-",
            "akka-actor_2.13-",
            "akka-actor-typed_2.13-",
            "akka-actor-testkit-typed_2.13-",
            "akka-testkit_2.13-",
            "akka-slf4j_2.13-",
            "config-1.",
            "scala-library-",
            "scala-java8-compat_2.13-",
            "slf4j-api-",
            "jspecify-",
            "junit-",
            "opentest4j-",
            "assertj-",
            "byte-buddy-");

    @TempDir
    Path folder;

    @Test
    void testsPassAndOneWarningSaysThatLogsAreNotCaptured() throws Exception {
        assertThat(Jvm.classPathOf(NEEDED)).doesNotContain("logback", "caffeine", "akka-cluster");
        Jvm.Ended tests = Jvm.runWithOnly(NEEDED, WithoutLogback.class, folder);
        assertThat(tests.exitCode()).as(tests.err()).isZero();
        assertThat(tests.out().stream().filter(line -> line.startsWith("SUCCESSFUL")))
                .hasSize(2 + Clause.values().length);
        assertThat(tests.out()).noneMatch(line -> line.startsWith("FAILED"));
        assertThat(tests.err().lines().filter(line -> line.contains("logs are not captured")))
                .singleElement()
                .asString()
                .contains("because SLF4J is bound to [org.slf4j.helpers.NOPLoggerFactory]");
    }
}
