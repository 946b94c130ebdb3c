package io.reclaimer.bench;

import akka.actor.AbstractActor;
import akka.actor.ActorRef;
import akka.actor.Address;
import akka.actor.Props;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.cluster.ClusterReclaimer;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Rounds over three members on the loopback interface, each an actor system of its own in this JVM, and in the same run what
 * the network alone takes: a message to each of the three and an answer of each. Taken in turns, so that both see the same
 * machine.
 */
final class ClusterProgram {

    private static final int MEMBERS = 3;
    private static final int CACHES = 4;
    private static final long TARGET = 2_000;
    private static final int WARM_UP = 2_000;
    private static final long PATIENCE_SECONDS = 60;

    private static final Config CONFIG = ConfigFactory.parseString("""
                    akka.actor.provider = cluster
                    akka.loglevel = WARNING
                    akka.log-dead-letters-during-shutdown = off
                    akka.remote.artery.canonical.hostname = "127.0.0.1"
                    akka.remote.artery.canonical.port = 0
                    akka.cluster.jmx.enabled = off
                    """).withFallback(ConfigFactory.load());

    private ClusterProgram() {}

    /** A small cache that is never empty. */
    private record Cache(long objects) implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return objects;
        }

        @Override
        public long scan(ShrinkControl control) {
            return control.nrToScan();
        }
    }

    /** Answers what it is sent. */
    private static final class Echo extends AbstractActor {
        @Override
        public Receive createReceive() {
            return receiveBuilder()
                    .matchAny(message -> getSender().tell(message, getSelf()))
                    .build();
        }
    }

    /** Sends to all, and completes when all have answered. */
    private static final class Collect extends AbstractActor {
        private CompletableFuture<Boolean> all = new CompletableFuture<>();
        private int outstanding;

        @Override
        public Receive createReceive() {
            return receiveBuilder()
                    .match(Begin.class, begin -> {
                        all = begin.all();
                        outstanding = begin.echoes().size();
                        begin.echoes().forEach(echo -> echo.tell("ping", getSelf()));
                    })
                    .match(String.class, pong -> {
                        if (--outstanding == 0) {
                            all.complete(true);
                        }
                    })
                    .build();
        }
    }

    private record Begin(List<ActorRef> echoes, CompletableFuture<Boolean> all) {}

    static void run(int rounds) throws Exception {
        List<ActorSystem<Void>> systems = new ArrayList<>();
        try {
            for (int i = 0; i < MEMBERS; i++) {
                systems.add(ActorSystem.create(guardian(), "bench", CONFIG));
            }
            for (ActorSystem<Void> system : systems) {
                prepare(system, Cluster.get(systems.get(0)).selfMember().address());
            }
            measure(systems, rounds);
        } finally {
            for (ActorSystem<Void> system : systems) {
                system.terminate();
            }
            for (ActorSystem<Void> system : systems) {
                await(system.getWhenTerminated().toCompletableFuture());
            }
        }
    }

    /** The bare actors: they answer, and ask. */
    private static Behavior<Void> guardian() {
        return Behaviors.setup(context -> {
            Adapter.actorOf(context, Props.create(Echo.class, Echo::new), "echo");
            Adapter.actorOf(context, Props.create(Collect.class, Collect::new), "collect");
            return Behaviors.empty();
        });
    }

    /** Makes it a member with a few small caches. */
    private static void prepare(ActorSystem<Void> system, Address seed) throws Exception {
        Cluster.get(system).manager().tell(Join.create(seed));
        Reclaimer reclaimer = Reclaimer.get(system);
        Cgroup shop = await(reclaimer.online("/shop").toCompletableFuture());
        for (int cache = 1; cache <= CACHES; cache++) {
            ShrinkerSpec spec = ShrinkerSpec.named("pages-" + cache).byCgroup().byNode();
            ShrinkerHandle handle =
                    await(reclaimer.register(spec, new Cache(1_000L * cache)).toCompletableFuture());
            handle.setBit(shop, 0);
        }
        ClusterReclaimer.get(system);
    }

    private static void measure(List<ActorSystem<Void>> systems, int rounds) throws Exception {
        ClusterReclaimer first = ClusterReclaimer.get(systems.get(0));
        ReclaimRequest request = ReclaimRequest.in("/shop").objects(TARGET);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!isWhole(reclaim(first, request))) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("The members have not come together");
            }
        }
        List<ActorRef> echoes = new ArrayList<>();
        for (ActorSystem<Void> system : systems) {
            echoes.add(actor(systems.get(0), Cluster.get(system).selfMember().address() + "/user/echo"));
        }
        ActorRef collect = actor(systems.get(0), "/user/collect");
        long[] roundNanos = new long[rounds];
        long[] bareNanos = new long[rounds];
        for (int i = -WARM_UP; i < rounds; i++) {
            long start = System.nanoTime();
            ClusterReport report = reclaim(first, request);
            long between = System.nanoTime();
            CompletableFuture<Boolean> all = new CompletableFuture<>();
            collect.tell(new Begin(echoes, all), ActorRef.noSender());
            await(all);
            long over = System.nanoTime();
            if (!isWhole(report)) {
                throw new IllegalStateException("Not a whole round: " + report);
            }
            if (i >= 0) {
                roundNanos[i] = between - start;
                bareNanos[i] = over - between;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "{\"members\":%d,\"rounds\":%d,\"roundMicros\":%s,\"broadcastAndCollectMicros\":%s}%n",
                MEMBERS,
                rounds,
                micros(roundNanos),
                micros(bareNanos));
    }

    /** Each member was asked, and the target is met. */
    private static boolean isWhole(ClusterReport report) {
        return report.members().size() == MEMBERS
                && report.members().stream().allMatch(member -> member.freeableObjects() > 0)
                && report.freedObjects() >= TARGET;
    }

    private static ActorRef actor(ActorSystem<Void> from, String path) throws Exception {
        return await(Adapter.toClassic(from)
                .actorSelection(path)
                .resolveOne(Duration.ofSeconds(PATIENCE_SECONDS))
                .toCompletableFuture());
    }

    private static ClusterReport reclaim(ClusterReclaimer cluster, ReclaimRequest request) throws Exception {
        return await(cluster.reclaim(request).toCompletableFuture());
    }

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static String micros(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT,
                "{\"median\":%.0f,\"p99\":%.0f,\"most\":%.0f}",
                sorted[sorted.length / 2] / 1e3,
                sorted[Math.min(sorted.length - 1, sorted.length * 99 / 100)] / 1e3,
                sorted[sorted.length - 1] / 1e3);
    }
}
