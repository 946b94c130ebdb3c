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
 * Three members at once, each a process of its own like this one, whose lines are printed as they come, with the member's name
 * before them.
 */
final class ClusterProgram {

    static final List<String> MEMBERS = List.of("member1", "member2", "member3");

    /** For how long a member that is told to end is listened to. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Output output = new Output(System.out);

    /** Also read when the process is told to end. */
    private final List<Process> processes = new CopyOnWriteArrayList<>();

    private final List<Thread> readers = new CopyOnWriteArrayList<>();

    private ClusterProgram() {}

    /**
     * @param options for each member
     * @return the exit code: 0 where that of all is
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

    /** Ctrl-C reaches the members as well; what ends this process otherwise has to end them. Their last words are printed. */
    private void end() {
        // By their handles: a process that is destroyed itself is not listened to any more.
        processes.forEach(process -> process.toHandle().destroy());
        try {
            for (Thread reader : readers) {
                reader.join(PATIENCE.toMillis());
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
