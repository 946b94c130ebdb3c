package io.reclaimer.testkit;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** What a shrinker is asked with, where it is called without an engine. One thread. */
public final class Asked implements ShrinkControl {

    private final CgroupPath cgroup;
    private final int node;
    private final long nrToScan;
    private final BooleanSupplier cancelled;
    private long nrScanned;
    private long freedBytes = -1;

    public Asked(CgroupPath cgroup, int node, long nrToScan) {
        this(cgroup, node, nrToScan, () -> false);
    }

    /** For node 0. */
    public static Asked of(CgroupPath cgroup, long nrToScan) {
        return new Asked(cgroup, 0, nrToScan);
    }

    public Asked(String cgroup, int node, long nrToScan) {
        this(CgroupPath.of(cgroup), node, nrToScan);
    }

    /**
     * With a say in when its round is over.
     *
     * @param cancelled asked by {@link #isCancelled}
     */
    public Asked(CgroupPath cgroup, int node, long nrToScan, BooleanSupplier cancelled) {
        this.cgroup = cgroup;
        this.cancelled = cancelled;
        this.node = node;
        this.nrToScan = nrToScan;
        this.nrScanned = nrToScan;
    }

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

    /** What the shrinker said, or -1. */
    public long freedBytes() {
        return freedBytes;
    }

    @Override
    public void freedBytes(long bytes) {
        freedBytes = bytes;
    }

    @Override
    public Set<ReclaimFlag> flags() {
        return Set.of();
    }

    @Override
    public boolean isCancelled() {
        return cancelled.getAsBoolean();
    }
}
