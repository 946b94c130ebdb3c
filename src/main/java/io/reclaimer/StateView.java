package io.reclaimer;

import io.reclaimer.engine.CgroupHandle;
import io.reclaimer.engine.EngineContext;
import io.reclaimer.engine.Inspection;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerKind;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The conversion of the engine's state to the state that users see. */
final class StateView {

    record State(
            int nrMax,
            long scannedObjects,
            long bitsBeyondMap,
            int runningRounds,
            List<ReclaimerState.CgroupState> cgroups,
            List<ReclaimerState.ShrinkerState> shrinkers)
            implements ReclaimerState {}

    record CgroupView(CgroupPath cgroup, int node, int nrMax, List<Integer> bits, Map<Integer, Long> deferred)
            implements ReclaimerState.CgroupState {}

    record ShrinkerView(
            ShrinkerSpec spec,
            int id,
            ShrinkerKind kind,
            ReclaimerState.Phase phase,
            int holds,
            List<Long> deferred,
            long faults,
            Optional<String> lastFault,
            boolean isQuarantined,
            Optional<Duration> remainingQuarantine,
            int stuckCalls,
            long lateReplies,
            long reclaimedObjects,
            long refaultedObjects,
            double refaultRate,
            int seeks,
            OptionalLong objectBytes)
            implements ReclaimerState.ShrinkerState {}

    private StateView() {}

    static ReclaimerState of(ReclaimerSettings settings, EngineContext engine, Inspection found, int runningRounds) {
        int nrMax = engine.nrMax();
        List<ReclaimerState.CgroupState> cgroups = new ArrayList<>();
        if (settings.isCgroupsEnabled()) {
            for (CgroupHandle cgroup : found.cgroups()) {
                for (int node = 0; node < settings.nodes().size(); node++) {
                    cgroups.add(cgroupState(cgroup, node, nrMax, found));
                }
            }
        }
        return new State(
                nrMax,
                engine.scannedObjects(),
                engine.bitsBeyondMap(),
                runningRounds,
                List.copyOf(cgroups),
                engine.table().allocated().stream().map(StateView::of).toList());
    }

    private static ReclaimerState.CgroupState cgroupState(CgroupHandle cgroup, int node, int nrMax, Inspection found) {
        Inspection.PerNodeState state = found.state(cgroup, node);
        return new CgroupView(
                cgroup.path(), node, nrMax, List.copyOf(state.bits()), Collections.unmodifiableMap(state.deferred()));
    }

    /** Returns the state of one shrinker. */
    static ReclaimerState.ShrinkerState of(ShrinkerEntry entry) {
        return new ShrinkerView(
                entry.spec(),
                entry.id(),
                entry.kind(),
                phase(entry),
                entry.holdCount(),
                Arrays.stream(entry.globalDeferredCounts()).boxed().toList(),
                entry.faults().count(),
                entry.faults().lastFault(),
                entry.faults().isQuarantined(),
                entry.faults().remainingQuarantine(),
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
