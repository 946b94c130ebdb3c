package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Jvm;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine starts with akka-actor-typed alone: no cluster, no Jackson, no cache library. */
class BareEngineIT {

    private static final long PATIENCE_SECONDS = 120;

    /** The class path: what akka-actor-typed depends on, and the classes of the project. */
    private static final List<String> NEEDED = List.of(
            "reclaimer-",
            "akka-actor_2.13-",
            "akka-actor-typed_2.13-",
            "akka-slf4j_2.13-",
            "config-1.",
            "scala-library-",
            "scala-java8-compat_2.13-",
            "slf4j-api-",
            "jspecify-");

    @TempDir
    Path folder;

    @Test
    void engineStartsWithoutOptionalDependencies() throws Exception {
        List<String> command = Jvm.java();
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(BareEngineIT::isNeeded)
                .collect(Collectors.joining(File.pathSeparator));
        assertThat(classPath).doesNotContain("jackson", "akka-remote", "akka-cluster", "caffeine");
        command.addAll(List.of("-classpath", classPath, BareEngine.class.getName()));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        assertThat(Files.readAllLines(out))
                .anyMatch(line -> line.startsWith("serializers "))
                .contains("MET");
    }

    private static boolean isNeeded(String entry) {
        String name = Path.of(entry).getFileName().toString();
        return Files.isDirectory(Path.of(entry)) || NEEDED.stream().anyMatch(name::startsWith);
    }
}
