package io.reclaimer.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A real reclaimer in an actor system of its own, brought into the state of a {@link PassCase}. One thread. */
final class Reclaiming implements AutoCloseable {

    /** How many requests to bring a cgroup online are under way at a time. */
    private static final int WINDOW = 1000;

    private static final long PATIENCE_SECONDS = 120;

    private final ActorSystem<Void> system;
    private final Reclaimer reclaimer;
    private final int nodes;
    private final List<ShrinkerHandle> shrinkers = new ArrayList<>();

    Reclaiming(int nodes) {
        this(nodes, "");
    }

    /** With settings that go before the defaults. */
    Reclaiming(int nodes, String settings) {
        this.nodes = nodes;
        String names = IntStream.range(0, nodes).mapToObj(node -> "node" + node).collect(Collectors.joining(","));
        Config config = ConfigFactory.parseString(settings + "\nreclaimer.nodes = [" + names + "]\n"
                        + "akka.loglevel = WARNING\nakka.stdout-loglevel = WARNING")
                .withFallback(ConfigFactory.load());
        this.system = ActorSystem.create(Behaviors.empty(), "bench", config);
        this.reclaimer = Reclaimer.get(system);
    }

    /** One in the state of a case. */
    static Reclaiming of(PassCase state) {
        Reclaiming made = new Reclaiming(state.nodes());
        made.register(state);
        List<Cgroup> dirty = made.online(state);
        made.setBits(state, dirty);
        return made;
    }

    Reclaimer reclaimer() {
        return reclaimer;
    }

    List<ShrinkerHandle> shrinkers() {
        return shrinkers;
    }

    void register(PassCase state) {
        for (int i = 0; i < state.shrinkers(); i++) {
            shrinkers.add(get(reclaimer.register(
                    ShrinkerSpec.named("shrinker-" + i).byCgroup().byNode(), state.shrinker(i))));
        }
    }

    /** Brings all cgroups of a case online, and answers with those that are to be dirty. */
    List<Cgroup> online(PassCase state) {
        List<Cgroup> dirty = new ArrayList<>(state.dirty());
        List<CompletableFuture<Cgroup>> underWay = new ArrayList<>(WINDOW);
        for (int begin = 0; begin < state.cgroups(); begin += WINDOW) {
            int end = Math.min(begin + WINDOW, state.cgroups());
            for (int i = begin; i < end; i++) {
                underWay.add(reclaimer.online("/tenant-" + i).toCompletableFuture());
            }
            for (int i = begin; i < end; i++) {
                Cgroup cgroup = get(underWay.get(i - begin));
                if (state.isDirty(i)) {
                    dirty.add(cgroup);
                }
            }
            underWay.clear();
        }
        return dirty;
    }

    /** Sets the bits of a case, and returns when a round finds them all. */
    void setBits(PassCase state, List<Cgroup> dirty) {
        int[] ids = state.dirtyShrinkers();
        for (Cgroup cgroup : dirty) {
            for (int node = 0; node < nodes; node++) {
                for (int id : ids) {
                    shrinkers.get(id).setBit(cgroup, node);
                }
            }
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (round().freedObjects() != state.freed()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("After [" + PATIENCE_SECONDS + "] seconds a round frees ["
                        + round().freedObjects() + "] objects instead of [" + state.freed() + "]");
            }
        }
    }

    /** One pass over the whole tree on all nodes. */
    ReclaimReport round() {
        return get(reclaimer.reclaim(ReclaimRequest.everywhere().startingAt(PassCase.PRIORITY)));
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("No answer: " + e, e);
        }
    }

    @Override
    public void close() {
        system.terminate();
        get(system.getWhenTerminated());
    }
}
