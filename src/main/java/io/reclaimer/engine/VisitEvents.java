package io.reclaimer.engine;

import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.VisitingThread;
import io.reclaimer.shrinker.TraceEvent;

/** Tells trace listeners of visits. Each method returns whether a listener was found to be slow. Any thread. */
final class VisitEvents {

    private VisitEvents() {}

    static boolean begun(
            EngineContext engine,
            VisitingThread thread,
            ShrinkerEntry entry,
            CgroupPerNode perNode,
            RoundWork work,
            int priority,
            long deferred,
            long freeable,
            long delta,
            long planned) {
        return engine.tracer()
                .publish(
                        new TraceEvent.Start(
                                entry.spec().name(),
                                perNode.path(),
                                perNode.node(),
                                deferred,
                                freeable,
                                delta,
                                planned,
                                priority,
                                work.flags()),
                        thread);
    }

    static boolean ended(
            EngineContext engine,
            VisitingThread thread,
            ShrinkerEntry entry,
            CgroupPerNode perNode,
            long freed,
            long deferredBefore,
            long deferredAfter,
            long unscanned) {
        return engine.tracer()
                .publish(
                        new TraceEvent.End(
                                entry.spec().name(),
                                perNode.path(),
                                perNode.node(),
                                freed,
                                deferredBefore,
                                deferredAfter,
                                unscanned),
                        thread);
    }
}
