package io.reclaimer.testkit;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** What a shrinker is asked with by the contract itself. Any thread, for one that answers later may use any. */
final class ContractControl implements ShrinkControl {

    /** How often it may be asked whether the round is over and say no, where the round never is. */
    static final int NEVER = Integer.MAX_VALUE;

    private final CgroupPath cgroup;
    private final int node;
    private final long nrToScan;
    private final AtomicInteger untilCancelled;
    private volatile long nrScanned;

    /** @param untilCancelled how often {@link #isCancelled} says no, before it says yes from then on */
    ContractControl(CgroupPath cgroup, int node, long nrToScan, int untilCancelled) {
        this.cgroup = cgroup;
        this.node = node;
        this.nrToScan = nrToScan;
        this.nrScanned = nrToScan;
        this.untilCancelled = new AtomicInteger(untilCancelled);
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

    @Override
    public void freedBytes(long bytes) {}

    @Override
    public Set<ReclaimFlag> flags() {
        return Set.of();
    }

    @Override
    public boolean isCancelled() {
        return untilCancelled.getAndUpdate(left -> left == NEVER ? left : Math.max(0, left - 1)) == 0;
    }
}
