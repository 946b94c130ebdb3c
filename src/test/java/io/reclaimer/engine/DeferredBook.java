package io.reclaimer.engine;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.shrinker.TraceListener;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The deferred counts that visits took out and put back, computed from their traces. The sum over the tree has to be
 * the same, whatever cgroups came and went.
 */
final class DeferredBook implements TraceListener {

    private record Place(String shrinker, CgroupPath cgroup, int node) {}

    private final Map<Place, TraceEvent.Start> begun = new HashMap<>();
    private final Map<String, Long> owed = new HashMap<>();

    /** Shrinkers with two visits of one place at a time, whose traces can't be told apart. */
    private final Set<String> unclear = new HashSet<>();

    private final boolean on;

    DeferredBook(boolean on) {
        this.on = on;
    }

    @Override
    public void onEvent(TraceEvent event) {
        Place place = new Place(event.shrinker(), event.cgroup(), event.node());
        if (event instanceof TraceEvent.Start start) {
            if (begun.put(place, start) != null) {
                unclear.add(event.shrinker());
            }
        } else if (event instanceof TraceEvent.End end) {
            TraceEvent.Start start = begun.remove(place);
            if (start == null) {
                unclear.add(event.shrinker());
                return;
            }
            long scanned = start.totalScan() - end.unscanned();
            long left = Math.max(start.deferred() + start.delta() - scanned, 0);
            owed.merge(event.shrinker(), Math.min(left, 2 * start.freeable()) - start.deferred(), Long::sum);
        }
    }

    /** Whether a visit has begun there and not ended. */
    boolean isUnderWay(String shrinker, CgroupPath cgroup, int node) {
        return begun.containsKey(new Place(shrinker, cgroup, node));
    }

    boolean isComplete(String shrinker) {
        return on && !unclear.contains(shrinker);
    }

    long owed(String shrinker) {
        return owed.getOrDefault(shrinker, 0L);
    }
}
