package io.reclaimer.cluster;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Jvm;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * A member in a JVM of its own, to be killed or frozen. Its cache is slow: each scan takes a while, and prints the number of
 * objects left.
 */
final class ForkedMember {

    private static final long SCAN_MILLIS = 20;

    private final Process process;
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    private ForkedMember(Process process) {
        this.process = process;
        Threads.executor().execute(this::readLines);
    }

    private void readLines() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // The process was killed.
            lines.add("ended: " + e);
        }
    }

    /** The program of the other JVM: joins a seed node, and has a cache with objects in a cgroup. */
    public static void main(String[] args) {
        String settings = "akka.cluster.seed-nodes = [\"" + args[0] + "\"]\nakka.loglevel = WARNING\n" + Members.CONFIG;
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                ReclaimerTestSystem.NAME,
                ConfigFactory.parseString(settings).withFallback(ConfigFactory.load()));
        ClusterReclaimer cluster = ClusterReclaimer.get(system);
        Reclaimer reclaimer = Reclaimer.get(system);
        TableShrinker objects = TableShrinker.full();
        objects.put(CgroupPath.of(args[1]), 0, Long.parseLong(args[2]));
        Cgroup cgroup =
                reclaimer.onlineWithParents(args[1]).toCompletableFuture().join();
        ShrinkerHandle handle = reclaimer
                .register(ShrinkerSpec.named("slow").byCgroup().byNode().blocking(), new Slow(objects))
                .toCompletableFuture()
                .join();
        handle.setBit(cgroup, 0);
        System.out.println("member " + cluster.member());
    }

    /** A slow shrinker. */
    private record Slow(TableShrinker objects) implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return objects.count(control);
        }

        @Override
        public long scan(ShrinkControl control) {
            long freed = objects.scan(control);
            System.out.println("left " + objects.objects());
            try {
                TimeUnit.MILLISECONDS.sleep(SCAN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return freed;
        }
    }

    static ForkedMember start(String seed, String cgroup, long objects) throws IOException {
        List<String> command = Jvm.java("-Xmx128m", "-XX:TieredStopAtLevel=1");
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                ForkedMember.class.getName(),
                seed,
                cgroup,
                Long.toString(objects)));
        return new ForkedMember(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The name of the member, once it has started. */
    String name() {
        Threads.until(() -> lines.stream().anyMatch(line -> line.startsWith("member ")), () -> lines);
        return lines.stream()
                .filter(line -> line.startsWith("member "))
                .findFirst()
                .orElseThrow()
                .substring("member ".length());
    }

    /** The number of scans. */
    long scans() {
        return lines.stream().filter(line -> line.startsWith("left ")).count();
    }

    /** The objects after the last scan. */
    long left(long before) {
        return lines.stream()
                .filter(line -> line.startsWith("left "))
                .map(line -> Long.parseLong(line.substring("left ".length())))
                .reduce((a, b) -> b)
                .orElse(before);
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** SIGSTOP. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    void wake() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + name + " ended with " + kill.exitValue());
        }
    }
}
