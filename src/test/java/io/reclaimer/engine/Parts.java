package io.reclaimer.engine;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Pieces of an engine for tests of one class: nobody is told anything by them. */
final class Parts {

    private static final Shrinker NOTHING = new Shrinker() {
        @Override
        public long count(ShrinkControl control) {
            return EMPTY;
        }

        @Override
        public long scan(ShrinkControl control) {
            return STOP;
        }
    };

    private Parts() {}

    static EngineSettings settings(int nodes) {
        return new EngineSettings(
                nodes,
                true,
                true,
                65536,
                Duration.ofMillis(50),
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                64,
                32,
                5,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                true,
                16,
                2,
                new Refaults.Settings(false, 8, Duration.ofMinutes(1)));
    }

    static Published published() {
        return new Published(settings(1), System::nanoTime, Runnable::run);
    }

    /** A shrinker that has an id, and no guard. */
    static ShrinkerEntry entry(int id, long serial) {
        return entry(ShrinkerSpec.named("s" + serial).byCgroup().byNode(), NOTHING, id, serial);
    }

    static ShrinkerEntry entry(ShrinkerSpec spec, Shrinker shrinker, int id, long serial) {
        return entry(spec, shrinker, id, serial, published());
    }

    static ShrinkerEntry entry(ShrinkerSpec spec, Shrinker shrinker, int id, long serial, Published published) {
        if (id >= published.nrMax()) {
            published.publishNrMax((id / ShrinkerUnit.IDS + 1) * ShrinkerUnit.IDS);
        }
        return new ShrinkerEntry(spec, ShrinkerTarget.of(spec, shrinker), id, serial, null, published);
    }

    static CgroupHandle cgroup(String path) {
        return new CgroupHandle(CgroupPath.of(path), null, null);
    }

    static Pair pair(String path) {
        return new Pair(cgroup(path), 0, null, 0);
    }

    /** A direct round over a subtree on node 0, from the lowest priority down to 0, with time enough. */
    static RoundSpec roundSpec(CgroupPath top, Optional<ReclaimTarget> target) {
        return new RoundSpec(
                top,
                false,
                List.of(0),
                target,
                Shrinker.LOWEST_PRIORITY,
                0,
                false,
                false,
                Duration.ofMinutes(10),
                Set.of(),
                Optional.empty());
    }
}
