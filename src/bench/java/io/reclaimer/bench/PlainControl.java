package io.reclaimer.bench;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.Set;

/** What the peers ask a shrinker with: plain fields. */
final class PlainControl implements ShrinkControl {

    /** What a shrinker says that says nothing. */
    static final int SEEKS = 2;

    static final long BATCH = 128;

    /** The peers do not name cgroups to shrinkers; any but the root will do. */
    static final CgroupPath SOME_CGROUP = CgroupPath.of("/tenant");

    CgroupPath cgroup = SOME_CGROUP;
    int node;
    long nrToScan;
    long nrScanned;

    @Override
    public CgroupPath cgroup() {
        return cgroup;
    }

    @Override
    public int node() {
        return node;
    }

    @Override
    public long nrToScan() {
        return nrToScan;
    }

    @Override
    public long nrScanned() {
        return nrScanned;
    }

    @Override
    public void nrScanned(long objects) {
        nrScanned = objects;
    }

    @Override
    public void freedBytes(long bytes) {}

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public Set<ReclaimFlag> flags() {
        return Set.of();
    }
}
