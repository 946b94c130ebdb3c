package io.reclaimer.testkit;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A shrinker with objects in one cgroup, where one of its calls blocks at a {@link Gate}. */
public final class Held implements Shrinker {

    /** The call that blocks. */
    public enum Place {
        COUNT,
        SCAN,
        REPARENT
    }

    private final Place place;
    private final CgroupPath cgroup;
    private final Gate gate;

    /** The cgroups whose objects it was asked to move. */
    public final Queue<CgroupPath> reparented = new ConcurrentLinkedQueue<>();

    public Held(Place place, CgroupPath cgroup, Gate gate) {
        this.place = place;
        this.cgroup = cgroup;
        this.gate = gate;
    }

    @Override
    public long count(ShrinkControl control) {
        if (!control.cgroup().equals(cgroup)) {
            return 0;
        }
        hold(Place.COUNT);
        return 10;
    }

    @Override
    public long scan(ShrinkControl control) {
        hold(Place.SCAN);
        return STOP;
    }

    @Override
    public long reparent(CgroupPath offline, CgroupPath parent, int node) {
        reparented.add(offline);
        if (offline.equals(cgroup)) {
            hold(Place.REPARENT);
        }
        return 0;
    }

    private void hold(Place here) {
        if (place == here) {
            gate.pass();
        }
    }
}
