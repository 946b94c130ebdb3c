package io.reclaimer.testkit;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Commands that start another JVM like this one. */
public final class Jvm {

    private Jvm() {}

    /** Java with these options; a class path, a class and its arguments are to follow. */
    public static List<String> java(String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        if (Runtime.version().feature() >= 24) {
            // Akka's use of it would be warned of on standard error.
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        return command;
    }

    /** The class path that Maven starts the program with: the operator's folder first, and nothing of the tests. */
    public static String programClassPath() {
        return "conf" + File.pathSeparator
                + Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes/"))
                        .collect(Collectors.joining(File.pathSeparator));
    }
}
