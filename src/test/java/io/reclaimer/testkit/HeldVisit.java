package io.reclaimer.testkit;

import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.concurrent.CompletionStage;

/** A round whose visit of one shrinker is held at a gate until the test ends it. Confined to the thread of the test. */
public record HeldVisit(
        BlockingReclaimer kit, Gate gate, ShrinkerHandle shrinker, CompletionStage<ReclaimReport> round) {

    /** Registers a shrinker of 10 objects, and returns when a visit of it in this cgroup is held in its scan. */
    public static HeldVisit begin(BlockingReclaimer kit, ShrinkerSpec spec, String cgroup) {
        return begin(kit, spec, 10, cgroup);
    }

    /** Registers a shrinker of so many objects, and returns when a visit of it in this cgroup is held in its scan. */
    public static HeldVisit begin(BlockingReclaimer kit, ShrinkerSpec spec, long objects, String cgroup) {
        Gate gate = new Gate();
        return begin(kit, kit.register(spec, Scripted.stuck(objects, gate)), gate, cgroup);
    }

    /** Begins a round in a cgroup, and returns when a shrinker is called there, whose calls are held at the gate. */
    public static HeldVisit begin(BlockingReclaimer kit, ShrinkerHandle shrinker, Gate gate, String cgroup) {
        Bits.setIn(kit, cgroup, shrinker);
        CompletionStage<ReclaimReport> round =
                kit.reclaimer().reclaim(ReclaimRequest.in(cgroup).startingAt(0));
        gate.awaitEntered();
        return new HeldVisit(kit, gate, shrinker, round);
    }

    /** Lets the visit go on, and returns the report of its round. */
    public ReclaimReport end() {
        gate.open();
        return kit.await(round);
    }
}
