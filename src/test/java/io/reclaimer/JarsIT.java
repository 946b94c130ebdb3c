package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.testkit.Jvm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The three jars that the build makes: the library, the test kit and the executable node. */
class JarsIT {

    private static final String VERSION = System.getProperty("reclaimer.version");
    private static final String LIBRARY = "";
    private static final String TEST_KIT = "-testkit";
    private static final String NODE = "-node";

    /** The top-level packages of each jar; the root is the package {@code io.reclaimer} itself. */
    private static final Set<String> LIBRARY_ROOMS =
            Set.of("root", "shrinker", "engine", "pressure", "budget", "adapter", "cluster");

    private static final Set<String> TEST_KIT_ROOMS = Set.of("scenario", "testkit");

    @TempDir
    Path folder;

    @Test
    void libraryHasThePackagesOfTheLibraryAndNoOthers() throws IOException {
        List<String> entries = entries(LIBRARY);
        assertThat(rooms(entries)).isEqualTo(LIBRARY_ROOMS);
        assertThat(entries).contains("reference.conf").allMatch(JarsIT::isOurs);
    }

    @Test
    void testKitHasScenariosAndTheKitAndNoOthers() throws IOException {
        List<String> entries = entries(TEST_KIT);
        assertThat(rooms(entries)).isEqualTo(TEST_KIT_ROOMS);
        assertThat(entries)
                .contains("io/reclaimer/scenario/scenario.schema.json")
                .doesNotContain("reference.conf")
                .allMatch(JarsIT::isOurs);
    }

    @Test
    void libraryAndTestKitSayTheirVersionAndModule() throws IOException {
        assertThat(manifest(LIBRARY).getValue("Automatic-Module-Name")).isEqualTo("io.reclaimer");
        assertThat(manifest(TEST_KIT).getValue("Automatic-Module-Name")).isEqualTo("io.reclaimer.testkit");
    }

    @ParameterizedTest
    @ValueSource(strings = {LIBRARY, TEST_KIT, NODE})
    void jarHasItsVersionLicenceAndNotice(String classifier) throws IOException {
        assertThat(manifest(classifier).getValue("Implementation-Version")).isEqualTo(VERSION);
        assertThat(text(classifier, "META-INF/LICENSE")).contains("Apache License");
        assertThat(text(classifier, "META-INF/NOTICE")).contains(Files.readString(Path.of("NOTICE")));
    }

    /** All classes of the build except those of the test kit, which needs JUnit. */
    @Test
    void nodeHasEveryClassThatItNeeds() throws IOException {
        Path classes = Path.of("target", "classes");
        Set<String> built;
        try (Stream<Path> files = Files.walk(classes)) {
            built = files.filter(Files::isRegularFile)
                    .map(file -> classes.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> name.startsWith("io/") && !name.startsWith("io/reclaimer/testkit/"))
                    .collect(Collectors.toSet());
        }
        List<String> entries = entries(NODE);
        assertThat(entries).containsAll(built).doesNotHaveDuplicates();
        assertThat(entries)
                .noneMatch(name -> name.startsWith("org/junit/") || name.startsWith("io/reclaimer/testkit/"));
        assertThat(entries)
                .noneMatch(name -> name.matches("META-INF/.*\\.(SF|DSA|RSA)") || name.endsWith("module-info.class"));
    }

    /** The jar has the defaults of all its libraries, each of which has a file of the same name. */
    @Test
    void nodeHasTheSettingsAndServicesOfAllItsLibraries() throws IOException {
        Config defaults = ConfigFactory.parseString(text(NODE, "reference.conf"));
        assertThat(defaults.hasPath("reclaimer.visit-dispatcher")).isTrue();
        for (String library : List.of(
                "akka.actor.provider",
                "akka.actor.typed",
                "akka.remote.artery",
                "akka.cluster.seed-nodes",
                "akka.cluster.sharding",
                "akka.cluster.distributed-data",
                "akka.serialization.jackson",
                "akka.stream.materializer",
                "ssl-config")) {
            assertThat(defaults.hasPath(library)).as(library).isTrue();
        }
        assertThat(text(NODE, "META-INF/services/org.slf4j.spi.SLF4JServiceProvider"))
                .contains("ch.qos.logback");
        assertThat(text(NODE, "META-INF/services/com.fasterxml.jackson.core.ObjectCodec"))
                .contains("ObjectMapper");
    }

    @Test
    void nodeListsItsOptions() throws Exception {
        Jvm.Ended help = run("--help");
        assertThat(help.exitCode()).as(help.toString()).isZero();
        assertThat(help.out()).anyMatch(line -> line.contains("--run-for"));
    }

    /** Runs it in an otherwise empty folder. */
    @Test
    void nodeRunsAndLeavesASummary() throws Exception {
        Jvm.Ended node = run("--run-for", "5s");
        assertThat(node.exitCode()).as(node.toString()).isZero();
        assertThat(node.err()).isEmpty();
        String summary = node.out().get(node.out().size() - 1);
        assertThat(new ObjectMapper().readTree(summary).get("seconds").doubleValue())
                .isGreaterThanOrEqualTo(5);
    }

    private Jvm.Ended run(String... args) throws IOException, InterruptedException {
        List<String> command =
                Jvm.java("-Xmx256m", "-jar", jar(NODE).toAbsolutePath().toString());
        command.addAll(List.of(args));
        Path empty = Files.createDirectory(folder.resolve("empty"));
        return Jvm.run(new ProcessBuilder(command).directory(empty.toFile()), folder);
    }

    private static Path jar(String classifier) {
        return Path.of("target", "reclaimer-" + VERSION + classifier + ".jar");
    }

    /** The names of all files in a jar. */
    private static List<String> entries(String classifier) throws IOException {
        try (JarFile jar = new JarFile(jar(classifier).toFile())) {
            return jar.stream()
                    .filter(Predicate.not(ZipEntry::isDirectory))
                    .map(ZipEntry::getName)
                    .toList();
        }
    }

    private static Attributes manifest(String classifier) throws IOException {
        try (JarFile jar = new JarFile(jar(classifier).toFile())) {
            return jar.getManifest().getMainAttributes();
        }
    }

    private static String text(String classifier, String name) throws IOException {
        try (JarFile jar = new JarFile(jar(classifier).toFile())) {
            ZipEntry entry = jar.getEntry(name);
            assertThat(entry).as(name).isNotNull();
            try (InputStream in = jar.getInputStream(entry)) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    private static boolean isOurs(String name) {
        return name.startsWith("io/reclaimer/") || name.startsWith("META-INF/") || name.equals("reference.conf");
    }

    private static Set<String> rooms(Collection<String> entries) {
        Set<String> rooms = new TreeSet<>();
        for (String name : new ArrayList<>(entries)) {
            if (name.startsWith("io/reclaimer/") && name.endsWith(".class")) {
                String inner = name.substring("io/reclaimer/".length());
                int slash = inner.indexOf('/');
                rooms.add(slash < 0 ? "root" : inner.substring(0, slash));
            }
        }
        return rooms;
    }
}
