package io.reclaimer.cluster;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * The application of a pod, with a cache of {@link #OBJECTS} in /shop. For each input line {@code members objects} it waits
 * until it knows as many members, runs a round over the cluster with that target, and prints the freed objects of each
 * member, {@code host:port=objects}, separated by blanks.
 */
final class Pod {

    static final int OBJECTS = 10_000;

    private Pod() {}

    public static void main(String[] arguments) throws IOException {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "pod", ConfigFactory.load());
        Reclaimer reclaimer = Reclaimer.get(system);
        ClusterReclaimer cluster = ClusterReclaimer.get(system);
        TableShrinker cache = TableShrinker.full();
        cache.put(CgroupPath.of("/shop"), 0, OBJECTS);
        Cgroup shop = reclaimer.onlineWithParents("/shop").toCompletableFuture().join();
        ShrinkerHandle handle = reclaimer
                .register(ShrinkerSpec.named("pages").byCgroup().byNode(), cache)
                .toCompletableFuture()
                .join();
        handle.setBit(shop, 0);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            int members = Integer.parseInt(words[0]);
            Threads.until(() -> present(system, cluster).size() == members, () -> present(system, cluster));
            StringBuilder answer = new StringBuilder();
            cluster.reclaim(ReclaimRequest.in("/shop").objects(Long.parseLong(words[1])))
                    .toCompletableFuture()
                    .join()
                    .members()
                    .forEach(member -> answer.append(member.member())
                            .append('=')
                            .append(member.freedObjects())
                            .append(' '));
            System.out.println(answer.toString().trim());
        }
    }

    private static List<String> present(ActorSystem<?> system, ClusterReclaimer cluster) {
        return AskPattern.ask(cluster.ref(), ClusterMember.GetState::new, Duration.ofSeconds(10), system.scheduler())
                .toCompletableFuture()
                .join()
                .present();
    }
}
