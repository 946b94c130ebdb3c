package io.reclaimer.engine;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a shrinker is asked with; used again for each call of a walk, and for the next walk. */
final class PassControl implements ShrinkControl {

    private CgroupPath cgroup = CgroupPath.root();
    private int node;
    private int toldNode;
    private long nrToScan;
    private long nrScanned;
    private long freedBytes;

    /** Read by any thread that the shrinker lets look whether it is cancelled. */
    private volatile @Nullable RoundWork work;

    /** From now on calls are for that pair. */
    void in(Pair pair) {
        cgroup = pair.cgroup().path();
        node = pair.node();
    }

    PassControl prepare(ShrinkerEntry entry, RoundWork forWork, long objects) {
        toldNode = entry.nodeFor(node);
        // A volatile write at each call would cost as much as a quick call does.
        if (work != forWork) {
            work = forWork;
        }
        nrToScan = objects;
        nrScanned = objects;
        freedBytes = -1;
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

    /** What the shrinker said, or -1. */
    long freedBytes() {
        return freedBytes;
    }

    @Override
    public void freedBytes(long bytes) {
        freedBytes = bytes;
    }

    @Override
    public long mostBytes() {
        RoundWork now = work;
        return now == null ? Long.MAX_VALUE : now.mostBytes();
    }

    @Override
    public boolean isCancelled() {
        RoundWork now = work;
        return now != null && now.isStopped();
    }

    @Override
    public Set<ReclaimFlag> flags() {
        RoundWork now = work;
        return now == null ? Set.of() : now.flags();
    }
}
