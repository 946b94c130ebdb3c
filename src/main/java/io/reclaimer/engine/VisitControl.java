package io.reclaimer.engine;

import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The control of calls that a visit makes by itself, reused for each of them. Confined to the visit's thread; a
 * shrinker may ask on any thread whether it is cancelled.
 */
final class VisitControl implements ShrinkControl {

    private CgroupPath cgroup = CgroupPath.root();
    private int node;
    private int toldNode;
    private long nrToScan;
    private long nrScanned;
    private long freedBytes;
    private volatile @Nullable RoundWork work;

    /** Sets the cgroup and node of the calls that follow. */
    void in(CgroupPerNode perNode) {
        cgroup = perNode.path();
        node = perNode.node();
    }

    /** Sets the next call. */
    void prepare(ShrinkerEntry entry, RoundWork forWork, long objects) {
        toldNode = entry.nodeFor(node);
        // A volatile write at each call would cost as much as a quick call does.
        if (work != forWork) {
            work = forWork;
        }
        nrToScan = objects;
        nrScanned = objects;
        freedBytes = -1;
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

    /** The bytes that the shrinker reported, or -1. */
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
