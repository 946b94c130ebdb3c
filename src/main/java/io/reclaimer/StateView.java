package io.reclaimer;

import io.reclaimer.engine.CgroupHandle;
import io.reclaimer.engine.EngineContext;
import io.reclaimer.engine.Inspection;
import io.reclaimer.engine.call.ShrinkerEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The conversion of the engine's state to the state that users see. */
final class StateView {

    private StateView() {}

    static ReclaimerState of(
            ReclaimerSettings settings, EngineContext engine, Inspection.Inspected found, int runningRounds) {
        int nrMax = engine.nrMax();
        List<ReclaimerState.CgroupState> cgroups = new ArrayList<>();
        if (settings.cgroupsEnabled()) {
            for (CgroupHandle cgroup : found.cgroups()) {
                for (int node = 0; node < settings.nodes().size(); node++) {
                    cgroups.add(cgroupState(cgroup, node, nrMax, found));
                }
            }
        }
        return new ReclaimerState(
                nrMax,
                engine.scannedObjects(),
                engine.strayBits(),
                runningRounds,
                List.copyOf(cgroups),
                engine.table().allocated().stream().map(StateView::of).toList());
    }

    private static ReclaimerState.CgroupState cgroupState(
            CgroupHandle cgroup, int node, int nrMax, Inspection.Inspected found) {
        Inspection.PerNodeState state = found.state(cgroup, node);
        return new ReclaimerState.CgroupState(
                cgroup.path(), node, nrMax, List.copyOf(state.bits()), Collections.unmodifiableMap(state.deferred()));
    }

    /** Returns the state of one shrinker. */
    static ReclaimerState.ShrinkerState of(ShrinkerEntry entry) {
        return new ReclaimerState.ShrinkerState(
                entry.spec(),
                entry.id(),
                ReclaimerState.Kind.valueOf(entry.kind().name()),
                phase(entry),
                entry.holdCount(),
                Arrays.stream(entry.globalDeferredCounts()).boxed().toList(),
                entry.faults().count(),
                entry.faults().last(),
                entry.faults().isQuarantined(),
                entry.faults().quarantineLeft(),
                entry.stuckCalls(),
                entry.faults().lateReplies(),
                entry.refaults().reclaimedObjects(),
                entry.refaults().refaultedObjects(),
                entry.refaults().rate(),
                entry.refaults().seeks(),
                entry.objectSize().bytes());
    }

    private static ReclaimerState.Phase phase(ShrinkerEntry entry) {
        if (entry.isFreeing()) {
            return ReclaimerState.Phase.FREEING;
        }
        return entry.isRegistered() ? ReclaimerState.Phase.REGISTERED : ReclaimerState.Phase.ALLOCATED;
    }
}
