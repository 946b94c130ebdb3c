package io.reclaimer.testkit;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A {@link ShrinkControl} for tests that call a shrinker themselves, without a reclaimer. One for each call. Thread-safe, because
 * a shrinker may answer on any thread.
 */
public final class FakeControl implements ShrinkControl {

    private final CgroupPath cgroup;
    private final int node;
    private final long nrToScan;
    private final BooleanSupplier cancelled;
    private volatile long nrScanned;
    private volatile long freedBytes = -1;
    private volatile long heldBytes = -1;

    /**
     * Creates a control whose round is never cancelled.
     *
     * @param node the number of the node, from 0
     * @param nrToScan objects; 0 for a count
     */
    public FakeControl(CgroupPath cgroup, int node, long nrToScan) {
        this(cgroup, node, nrToScan, () -> false);
    }

    /** Creates a control for node 0. */
    public static FakeControl of(CgroupPath cgroup, long nrToScan) {
        Objects.requireNonNull(cgroup, "cgroup");
        return new FakeControl(cgroup, 0, nrToScan);
    }

    /** As {@link #FakeControl(CgroupPath, int, long)}, with the path as text. */
    public FakeControl(String cgroup, int node, long nrToScan) {
        this(CgroupPath.of(Objects.requireNonNull(cgroup, "cgroup")), node, nrToScan);
    }

    /**
     * Creates a control whose round can be cancelled.
     *
     * @param cancelled the answer of {@link #isCancelled}
     */
    public FakeControl(CgroupPath cgroup, int node, long nrToScan, BooleanSupplier cancelled) {
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

    /** The bytes that the shrinker reported as freed, or -1. */
    public long freedBytes() {
        return freedBytes;
    }

    @Override
    public void freedBytes(long bytes) {
        freedBytes = bytes;
    }

    /** The bytes that the shrinker reported as held, or -1. */
    public long heldBytes() {
        return heldBytes;
    }

    @Override
    public void heldBytes(long bytes) {
        heldBytes = bytes;
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
