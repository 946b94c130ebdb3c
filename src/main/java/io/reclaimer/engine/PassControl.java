package io.reclaimer.engine;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.Set;

/** What a shrinker is asked with; one a pair, used again for each call. */
final class PassControl implements ShrinkControl {

    private final CgroupPath cgroup;
    private final int node;
    private int toldNode;
    private long nrToScan;
    private long nrScanned;
    private Set<ReclaimFlag> flags = Set.of();

    PassControl(Pair pair) {
        this.cgroup = pair.cgroup().path();
        this.node = pair.node();
    }

    PassControl prepare(ShrinkerEntry entry, Set<ReclaimFlag> requestFlags, long objects) {
        toldNode = entry.nodeFor(node);
        flags = requestFlags;
        nrToScan = objects;
        nrScanned = objects;
        return this;
    }

    @Override
    public CgroupPath cgroup() {
        return cgroup;
    }

    @Override
    public int node() {
        return toldNode;
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
    public Set<ReclaimFlag> flags() {
        return flags;
    }
}
