package io.reclaimer.testkit;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What a shrinker is asked with, for tests that call it themselves, without a reclaimer. One for each call; any thread, for a
 * shrinker that answers later may use any.
 */
public final class Asked implements ShrinkControl {

    private final CgroupPath cgroup;
    private final int node;
    private final long nrToScan;
    private final BooleanSupplier cancelled;
    private volatile long nrScanned;
    private volatile long freedBytes = -1;

    /**
     * Of a round that is never over.
     *
     * @param node its number, from 0
     * @param nrToScan objects; 0 for a count
     */
    public Asked(CgroupPath cgroup, int node, long nrToScan) {
        this(cgroup, node, nrToScan, () -> false);
    }

    /** For node 0. */
    public static Asked of(CgroupPath cgroup, long nrToScan) {
        Objects.requireNonNull(cgroup, "cgroup");
        return new Asked(cgroup, 0, nrToScan);
    }

    /** The same, by the text of a path. */
    public Asked(String cgroup, int node, long nrToScan) {
        this(CgroupPath.of(Objects.requireNonNull(cgroup, "cgroup")), node, nrToScan);
    }

    /**
     * With a say in when its round is over.
     *
     * @param cancelled asked by {@link #isCancelled}
     */
    public Asked(CgroupPath cgroup, int node, long nrToScan, BooleanSupplier cancelled) {
        Objects.requireNonNull(cgroup, "cgroup");
        Objects.requireNonNull(cancelled, "cancelled");
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
