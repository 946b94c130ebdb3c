package io.reclaimer.scenario.run;

import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.Step;
import io.reclaimer.scenario.time.VirtualTime;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Calls a cache as a plain shrinker if it always replies at once, and by stages otherwise: a plain call without a reply would
 * block the one thread of the run.
 *
 * @param delayed the names of shrinkers that are called by stages
 */
record DelayedCalls(Set<String> delayed) implements ScenarioMember.CallStrategy {

    static DelayedCalls of(Scenario scenario) {
        Set<String> delayed = new HashSet<>();
        List<Scenario.Shrinker> definitions = new ArrayList<>(scenario.setup().shrinkers());
        for (Step step : scenario.course().steps()) {
            if (step.action() instanceof Step.Alloc alloc) {
                definitions.add(alloc.definition());
            } else if (step.action() instanceof Step.Change change
                    && change.behaviour().isDelayed()) {
                delayed.add(change.shrinker());
            }
        }
        definitions.stream()
                .filter(each -> each.behaviour().isDelayed())
                .forEach(each -> delayed.add(each.spec().name()));
        return new DelayedCalls(delayed);
    }

    @Override
    public CompletionStage<ShrinkerHandle> allocate(
            Reclaimer reclaimer, ShrinkerSpec spec, SimulatedCache cache, VirtualTime time) {
        return delayed.contains(spec.name())
                ? reclaimer.allocate(spec, new DelayedShrinker(cache, time))
                : reclaimer.allocate(spec, cache);
    }

    /** Replies to a scan after the latency of the cache, or never. */
    private record DelayedShrinker(SimulatedCache cache, VirtualTime time) implements AsyncShrinker {

        @Override
        public CompletionStage<Long> count(ShrinkControl control) {
            return CompletableFuture.completedStage(cache.count(control));
        }

        @Override
        public CompletionStage<Long> scan(ShrinkControl control) {
            CompletableFuture<Long> freed = new CompletableFuture<>();
            if (cache.enterIfStuck()) {
                return freed;
            }
            Duration latency = cache.behaviour().latency();
            if (latency.isZero()) {
                scan(control, freed);
            } else {
                time.after(latency, () -> scan(control, freed));
            }
            return freed;
        }

        private void scan(ShrinkControl control, CompletableFuture<Long> freed) {
            try {
                freed.complete(cache.scan(control));
            } catch (IllegalStateException e) {
                freed.completeExceptionally(e);
            }
        }

        @Override
        public CompletionStage<Long> reparent(CgroupPath offline, CgroupPath parent, int node) {
            return CompletableFuture.completedStage(cache.reparent(offline, parent, node));
        }
    }
}
