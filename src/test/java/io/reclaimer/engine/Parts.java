package io.reclaimer.engine;

import io.reclaimer.engine.call.EngineSettings;
import io.reclaimer.engine.call.Refaults;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.ShrinkerTarget;
import io.reclaimer.engine.unit.ReclaimTarget;
import io.reclaimer.engine.unit.ShrinkerUnit;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Scripted;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Parts of an engine for tests of one class. They send no messages. */
public final class Parts {

    private static final Shrinker NOTHING = Scripted.empty();

    private Parts() {}

    public static EngineSettings settings(int nodes) {
        return new EngineSettings(
                nodes,
                new EngineSettings.Cgroups(true, true, 65536, Duration.ofSeconds(5), Duration.ofMinutes(1)),
                new EngineSettings.Rounds(64, 32, Duration.ofSeconds(10), true),
                new EngineSettings.Calls(Duration.ofMillis(50), Duration.ofSeconds(5), 16, 2),
                new EngineSettings.Quarantine(5, Duration.ofSeconds(10)),
                new Refaults.Settings(false, 8, Duration.ofMinutes(1)));
    }

    static EngineContext engine() {
        return new EngineContext(settings(1), System::nanoTime, Runnable::run);
    }

    /** A shrinker with an id and without a guard. */
    static ShrinkerEntry entry(int id, long serial) {
        return entry(ShrinkerSpec.named("s" + serial).byCgroup().byNode(), NOTHING, id, serial);
    }

    static ShrinkerEntry entry(ShrinkerSpec spec, Shrinker shrinker, int id, long serial) {
        return entry(spec, shrinker, id, serial, engine());
    }

    static ShrinkerEntry entry(ShrinkerSpec spec, Shrinker shrinker, int id, long serial, EngineContext engine) {
        if (id >= engine.nrMax()) {
            engine.publishNrMax((id / ShrinkerUnit.IDS + 1) * ShrinkerUnit.IDS);
        }
        return new ShrinkerEntry(spec, ShrinkerTarget.of(spec, shrinker), id, serial, null, engine);
    }

    static CgroupHandle cgroup(String path) {
        return new CgroupHandle(CgroupPath.of(path), null, null);
    }

    static CgroupPerNode perNode(String path) {
        return new CgroupPerNode(cgroup(path), 0, null, 0);
    }

    /** A direct round over a subtree on node 0, from the lowest priority down to 0, with enough time. */
    static RoundSpec roundSpec(CgroupPath top, Optional<ReclaimTarget> target) {
        return new RoundSpec(
                new RoundSpec.Scope(top, false, List.of(0)),
                new RoundSpec.Goal(RoundSpec.Kind.RECLAIM, target, Shrinker.LOWEST_PRIORITY, 0),
                Duration.ofMinutes(10),
                Set.of(),
                Optional.empty());
    }
}
