package io.reclaimer.engine.call;

import io.reclaimer.engine.unit.Fields;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Set;

/**
 * The control of a call to a shrinker. A call that replies later is one by itself ({@link PendingCall}). Calls that a
 * visit makes reuse one, which is confined to the visit's thread.
 *
 * <p>The methods of {@link ShrinkControl} are thread-safe while the call is under way. A result is written with release
 * order and not as a volatile, because a volatile write in each call would cost as much as a quick call does. The
 * reader of the result comes after the reply, and any thread that replies comes after the writes that it has seen.
 */
public class CallControl implements ShrinkControl {

    private static final VarHandle NR_SCANNED =
            Fields.handle(MethodHandles.lookup(), CallControl.class, "nrScanned", long.class);
    private static final VarHandle BYTES =
            Fields.handle(MethodHandles.lookup(), CallControl.class, "bytes", long.class);

    /** Written before the call. */
    private CgroupPath cgroup = CgroupPath.root();

    private int node;
    private long nrToScan;

    @SuppressWarnings("UnusedVariable") // written through the handle
    private volatile long nrScanned;

    /** Freed by a scan, or held at a count; -1 for unknown. */
    @SuppressWarnings("UnusedVariable") // written through the handle
    private volatile long bytes;

    private volatile RoundLimits limits = RoundLimits.NONE;

    /** Sets the cgroup of the calls that follow. */
    public final void in(CgroupPath newCgroup) {
        cgroup = newCgroup;
    }

    /**
     * Sets the next call.
     *
     * @param toldNode the node that the shrinker is told
     * @param objects how many objects to scan; 0 for a count
     */
    public final void prepare(int toldNode, RoundLimits newLimits, long objects) {
        node = toldNode;
        if (limits != newLimits) {
            limits = newLimits;
        }
        scan(objects);
    }

    /** Sets the next call to a scan of so many objects, and leaves all else as it was. */
    public final void scan(long objects) {
        nrToScan = objects;
        nrScanned(objects);
        BYTES.setRelease(this, -1L);
    }

    @Override
    public final CgroupPath cgroup() {
        return cgroup;
    }

    @Override
    public final int node() {
        return node;
    }

    @Override
    public final long nrToScan() {
        return nrToScan;
    }

    @Override
    public final long nrScanned() {
        return nrScanned;
    }

    @Override
    public final void nrScanned(long objects) {
        NR_SCANNED.setRelease(this, objects);
    }

    /** The bytes that the shrinker reported as freed in a scan, or held at a count; below 0 if it did not. */
    public final long bytes() {
        return bytes;
    }

    @Override
    public final void freedBytes(long freed) {
        BYTES.setRelease(this, freed);
    }

    @Override
    public final void heldBytes(long held) {
        if (nrToScan == 0) {
            BYTES.setRelease(this, held);
        }
    }

    @Override
    public final long maxBytes() {
        return limits.maxBytes();
    }

    @Override
    public final Set<ReclaimFlag> flags() {
        return limits.flags();
    }

    @Override
    public final boolean isCancelled() {
        return limits.isStopped();
    }
}
