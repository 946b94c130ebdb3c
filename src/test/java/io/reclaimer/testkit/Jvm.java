package io.reclaimer.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Commands that start another JVM like this one. */
public final class Jvm {

    private static final long PATIENCE_SECONDS = 120;

    private Jvm() {}

    /** The start of a command: Java with these options. The caller adds class path, class and arguments. */
    public static List<String> java(String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            // Prevents a warning about Akka's use of it on standard error.
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        // Last: what follows -jar are arguments of the program.
        command.addAll(List.of(options));
        return command;
    }

    /** The end of a JVM, with the lines of its standard output, and its standard error. */
    public record Ended(int exitCode, List<String> out, String err) {}

    /** Runs a process to its end, and fails at the timeout. Its output is kept in files of the folder. */
    public static Ended run(ProcessBuilder builder, Path folder) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readAllLines(out), Files.readString(err));
    }

    /** Runs a class with the folders of this class path, and the libraries whose names begin with one of these. */
    public static Ended runWithOnly(List<String> libraries, Class<?> main, Path folder)
            throws IOException, InterruptedException {
        List<String> command = java();
        command.addAll(List.of("-classpath", classPathOf(libraries), main.getName()));
        return run(new ProcessBuilder(command), folder);
    }

    /** This class path without the libraries whose names begin with none of these. */
    public static String classPathOf(List<String> libraries) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(entry -> Files.isDirectory(entry)
                        || libraries.stream().anyMatch(entry.getFileName().toString()::startsWith))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The class path of the node program: the operator's folder first, and no test classes. */
    public static String programClassPath() {
        return "conf" + File.pathSeparator
                + Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes/"))
                        .collect(Collectors.joining(File.pathSeparator));
    }
}
