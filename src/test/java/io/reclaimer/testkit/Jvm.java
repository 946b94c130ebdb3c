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

    /** The start of a command: Java with these options. The caller adds class path, class and arguments. */
    public static List<String> java(String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        if (Runtime.version().feature() >= 24) {
            // Prevents a warning about Akka's use of it on standard error.
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        return command;
    }

    /** The class path of the node program: the operator's folder first, and no test classes. */
    public static String programClassPath() {
        return "conf" + File.pathSeparator
                + Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes/"))
                        .collect(Collectors.joining(File.pathSeparator));
    }
}
