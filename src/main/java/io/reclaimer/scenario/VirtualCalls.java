package io.reclaimer.scenario;

import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * How modelled caches are called: as plain shrinkers; those that take time, or do not answer at all, by stages, for a call of a
 * plain one would hold up everything else.
 *
 * @param late the names of those
 */
record VirtualCalls(Set<String> late) implements ScenarioMember.Calls {

    @Override
    public CompletionStage<ShrinkerHandle> allocate(
            Reclaimer reclaimer, ShrinkerSpec spec, ModelCache cache, VirtualTime time) {
        return late.contains(spec.name())
                ? reclaimer.allocate(spec, new LateCache(cache, time))
                : reclaimer.allocate(spec, cache);
    }

    /** Answers scans after its latency, or never. */
    private record LateCache(ModelCache cache, VirtualTime time) implements AsyncShrinker {

        @Override
        public CompletionStage<Long> count(ShrinkControl control) {
            return CompletableFuture.completedStage(cache.count(control));
        }

        @Override
        public CompletionStage<Long> scan(ShrinkControl control) {
            CompletableFuture<Long> freed = new CompletableFuture<>();
            if (cache.isNextStuck()) {
                return freed;
            }
            Duration latency = cache.model().latency();
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
