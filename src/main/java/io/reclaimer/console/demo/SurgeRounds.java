package io.reclaimer.console.demo;

import akka.actor.typed.Behavior;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.PressureState;
import io.reclaimer.shrinker.CgroupPath;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Rounds over the cluster, one a second while this member is under heap pressure: they reclaim from the surging tenant
 * on all members.
 */
public final class SurgeRounds {

    /** The target of each round. */
    public static final long OBJECTS = 2_000;

    /** Detects heap pressure between two polls. Confined to the actor that owns it. */
    public static final class PressureDetector {

        private final Supplier<HeapStatus> heap;
        private long rounds;

        public PressureDetector(Supplier<HeapStatus> heap) {
            this.heap = heap;
        }

        /** Returns whether there is pressure now, or a round has ended since the previous poll. */
        public boolean poll() {
            HeapStatus now = heap.get();
            boolean detected = now.state() != PressureState.NONE || now.rounds() > rounds;
            rounds = now.rounds();
            return detected;
        }
    }

    private SurgeRounds() {}

    /**
     * Creates the actor that requests the rounds.
     *
     * @param reclaim requests a round over the cluster
     * @param detectPressure polls whether this member is under pressure
     * @param surging returns the tenant that surges now
     * @param print prints a report; called from any thread
     */
    public static Behavior<PeriodicRounds.Command> create(
            Function<ReclaimRequest, CompletionStage<ClusterReport>> reclaim,
            BooleanSupplier detectPressure,
            Supplier<Tenant> surging,
            Consumer<ClusterReport> print) {
        return PeriodicRounds.create(() -> {
            if (!detectPressure.getAsBoolean()) {
                return Optional.empty();
            }
            CgroupPath tenant = surging.get().path();
            ReclaimRequest request = ReclaimRequest.in(tenant).objects(OBJECTS).within(PeriodicRounds.INTERVAL);
            return Optional.of(new PeriodicRounds.Round(
                    tenant + " over the cluster", reclaim.apply(request).thenApply(report -> {
                        print.accept(report);
                        return false;
                    })));
        });
    }
}
