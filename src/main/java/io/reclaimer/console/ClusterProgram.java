package io.reclaimer.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Runs three members of a cluster, each in a process with the options of this JVM, and prints their lines with the
 * member's name in front.
 */
final class ClusterProgram {

    static final List<String> MEMBERS = List.of("member1", "member2", "member3");

    /** The time that members have for their last lines when this process is ended. */
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(20);

    private final Output output = new Output(System.out);

    /** Also read by the shutdown hook. */
    private final List<Process> processes = new CopyOnWriteArrayList<>();

    private final List<Thread> readers = new CopyOnWriteArrayList<>();

    private ClusterProgram() {}

    /**
     * Runs until all members have ended.
     *
     * @param options the options of each member
     * @return the largest exit code of the members
     */
    static int run(List<String> options) throws InterruptedException {
        return new ClusterProgram().runAll(options);
    }

    private int runAll(List<String> options) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end-members"));
        try {
            for (String member : MEMBERS) {
                start(member, options);
            }
        } catch (IOException e) {
            processes.forEach(Process::destroy);
            System.err.println("reclaimer: a member could not be started: " + e.getMessage());
            return Main.FAILED;
        }
        int exitCode = 0;
        for (Process process : processes) {
            exitCode = Math.max(exitCode, process.waitFor());
        }
        for (Thread reader : readers) {
            reader.join();
        }
        return exitCode;
    }

    /**
     * Ends the members, and prints their last lines. Ctrl-C reaches the members too, other signals only this process.
     */
    private void end() {
        // Process.destroy would close the output of the member; its handle does not.
        processes.forEach(process -> process.toHandle().destroy());
        try {
            for (Thread reader : readers) {
                reader.join(SHUTDOWN_TIMEOUT.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(String member, List<String> options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("--config", "conf/" + member + ".conf"));
        command.addAll(options);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes.add(process);
        Thread reader = new Thread(() -> print(member, process), "lines-of-" + member);
        reader.start();
        readers.add(reader);
    }

    private void print(String member, Process process) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), Charset.defaultCharset()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.print(List.of(member + " | " + line));
            }
        } catch (IOException e) {
            output.print(List.of(member + " | (its output ended: " + e.getMessage() + ")"));
        }
    }
}
