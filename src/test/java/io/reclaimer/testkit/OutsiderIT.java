package io.reclaimer.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds an application that is not part of this build, {@code src/test/outsider}. It takes the library and the test kit from a
 * repository by their coordinates, with their dependencies and no others, and tests its own shrinker.
 */
class OutsiderIT {

    private static final long PATIENCE_SECONDS = 300;
    private static final String VERSION = System.getProperty("reclaimer.version");

    @TempDir
    Path folder;

    @Test
    void applicationTestsItsShrinkerWithThePublishedJars() throws Exception {
        Path published = folder.resolve("published");
        publish(published);
        Path project = folder.resolve("shop");
        copy(Path.of("src", "test", "outsider"), project);
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command(published, project))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String output = Files.readString(log);
        assertThat(process.exitValue()).as(output).isZero();
        for (String test : List.of("PageCacheTest", "PageCacheContractTest", "ScenariosTest", "ShopTest")) {
            assertThat(output).containsPattern("Tests run: [1-9]\\d*, Failures: 0, Errors: 0.*" + test);
        }
    }

    /** In the layout of {@code mvn deploy}. */
    private static void publish(Path repository) throws IOException {
        Path place = repository.resolve(Path.of("io", "reclaimer", "reclaimer", VERSION));
        Files.createDirectories(place);
        for (String jar : List.of("reclaimer-" + VERSION + ".jar", "reclaimer-" + VERSION + "-testkit.jar")) {
            Files.copy(Path.of("target", jar), place.resolve(jar));
        }
        Files.copy(Path.of("pom.xml"), place.resolve("reclaimer-" + VERSION + ".pom"));
    }

    /** Uses a local repository of its own: the user's is only read, and nothing of this build stays in it. */
    private List<String> command(Path published, Path project) {
        return List.of(
                Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                "--batch-mode",
                "--settings",
                settings(published).toString(),
                "--file",
                project.resolve("pom.xml").toString(),
                "-Dmaven.repo.local=" + folder.resolve("repository"),
                "-Dreclaimer.version=" + VERSION,
                "test");
    }

    private Path settings(Path published) {
        String repository = """
                <%1$s><id>%2$s</id><url>%3$s</url>
                  <releases><checksumPolicy>ignore</checksumPolicy></releases>
                  <snapshots><enabled>true</enabled><checksumPolicy>ignore</checksumPolicy></snapshots>
                </%1$s>
                """;
        String local = Path.of(System.getProperty("maven.local")).toUri().toString();
        String text = """
                <settings>
                  <profiles><profile><id>outsider</id>
                    <repositories>%s%s</repositories>
                    <pluginRepositories>%s</pluginRepositories>
                  </profile></profiles>
                  <activeProfiles><activeProfile>outsider</activeProfile></activeProfiles>
                </settings>
                """.formatted(
                        repository.formatted("repository", "published", published.toUri()),
                        repository.formatted("repository", "local", local),
                        repository.formatted("pluginRepository", "local", local));
        try {
            return Files.writeString(folder.resolve("settings.xml"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }
}
