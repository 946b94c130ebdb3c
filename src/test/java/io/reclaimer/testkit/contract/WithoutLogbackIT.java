package io.reclaimer.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Jvm;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The test kit works in a build without Logback and without all other optional libraries that it does not need. */
@Tag("nightly")
class WithoutLogbackIT {

    private static final long PATIENCE_SECONDS = 120;

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
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(WithoutLogbackIT::isNeeded)
                .collect(Collectors.joining(File.pathSeparator));
        assertThat(classPath).doesNotContain("logback", "caffeine", "akka-cluster");
        List<String> command = Jvm.java();
        command.addAll(List.of("-classpath", classPath, WithoutLogback.class.getName()));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        assertThat(Files.readAllLines(out).stream().filter(line -> line.startsWith("SUCCESSFUL")))
                .hasSize(2 + Clause.values().length);
        assertThat(Files.readAllLines(out)).noneMatch(line -> line.startsWith("FAILED"));
        assertThat(Files.readAllLines(err).stream().filter(line -> line.contains("logs are not captured")))
                .singleElement()
                .asString()
                .contains("because SLF4J is bound to [org.slf4j.helpers.NOPLoggerFactory]");
    }

    private static boolean isNeeded(String entry) {
        String name = Path.of(entry).getFileName().toString();
        return Files.isDirectory(Path.of(entry)) || NEEDED.stream().anyMatch(name::startsWith);
    }
}
