package io.reclaimer.bench;

import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Measures what things take on the collected heap, 2 nodes and 512 ids: a cgroup that never had a bit, one with four bits
 * on each node, one that was cleaned, before and after it rests; a shrinker; and how many cgroups come online a second.
 * Not measured: what a user keeps to name a cgroup, for the program keeps as little.
 */
final class FootprintProgram {

    private static final int NODES = 2;
    private static final int SHRINKERS = 512;
    private static final int BITS = 4;

    /** How many are dirty at a time; actors are large. */
    private static final int DIRTY = 20_000;

    private static final String REST_SOON = "reclaimer.idle-after = 3s";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

    /** Has something in all cgroups, until it is told that it has nothing. */
    private record Emptied(AtomicBoolean empty) implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return empty.get() ? EMPTY : EightShrinkers.OBJECTS;
        }

        @Override
        public long scan(ShrinkControl control) {
            return control.nrToScan();
        }
    }

    private FootprintProgram() {}

    static void run(int cgroups) {
        try (Reclaiming warm = new Reclaiming(NODES)) {
            warm.online(new PassCase(20_000, NODES, 1, 0, 0));
        }
        long bytesPerCgroup;
        long onlineNanos;
        try (Reclaiming made = new Reclaiming(NODES)) {
            made.register(new PassCase(1, NODES, SHRINKERS, 0, 0));
            long before = Heap.liveBytes();
            long start = System.nanoTime();
            made.online(new PassCase(cgroups, NODES, SHRINKERS, 0, 0));
            onlineNanos = System.nanoTime() - start;
            bytesPerCgroup = (Heap.liveBytes() - before) / cgroups;
        }
        String line = String.format(
                Locale.ROOT,
                "{\"cgroups\":%d,\"bytesNeverDirty\":%d,\"onlinePerSecond\":%.0f",
                cgroups,
                bytesPerCgroup,
                cgroups / (onlineNanos / 1e9));
        System.out.println(line + dirty() + "}");
    }

    private static String dirty() {
        AtomicBoolean empty = new AtomicBoolean();
        try (Reclaiming made = new Reclaiming(NODES, REST_SOON)) {
            long none = Heap.liveBytes();
            List<ShrinkerHandle> handles = new ArrayList<>();
            for (int i = 0; i < SHRINKERS; i++) {
                handles.add(Reclaiming.get(made.reclaimer()
                        .register(ShrinkerSpec.named("s" + i).byCgroup().byNode(), new Emptied(empty))));
            }
            long shrinkers = Heap.liveBytes() - none;
            PassCase state = new PassCase(DIRTY, NODES, SHRINKERS, DIRTY, BITS);
            List<Cgroup> cgroups = made.online(state);
            long idle = Heap.liveBytes();
            for (Cgroup cgroup : cgroups) {
                for (int node = 0; node < NODES; node++) {
                    for (int id : state.dirtyShrinkers()) {
                        handles.get(id).setBit(cgroup, node);
                    }
                }
            }
            while (made.round().visits() < state.visits()) {
                Thread.onSpinWait();
            }
            long dirty = Heap.liveBytes() - idle;
            empty.set(true);
            made.round();
            long cleaned = Heap.liveBytes() - idle;
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            long rested = cleaned;
            while (rested > cleaned / 10 && System.nanoTime() < deadline) {
                rested = Heap.liveBytes() - idle;
            }
            return String.format(
                    Locale.ROOT,
                    ",\"bytesMoreDirty\":%d,\"bytesMoreCleaned\":%d,\"bytesMoreRested\":%d,\"bytesShrinker\":%d",
                    dirty / DIRTY,
                    cleaned / DIRTY,
                    rested / DIRTY,
                    shrinkers / SHRINKERS);
        }
    }
}
