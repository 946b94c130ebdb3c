package io.reclaimer.testkit;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** A shrinker that is scripted by functions, and records its calls. Thread-safe, where the functions are. */
public final class Scripted implements Shrinker {

    private final ToLongFunction<ShrinkControl> count;
    private final ToLongFunction<ShrinkControl> scan;
    private final LongSupplier reparent;

    /** The calls, as text: {@code count} or {@code scan}, cgroup, node, and for a scan the objects it was asked for. */
    public final Queue<String> calls = new ConcurrentLinkedQueue<>();

    /** Creates a shrinker whose reparent moves nothing. */
    public Scripted(ToLongFunction<ShrinkControl> count, ToLongFunction<ShrinkControl> scan) {
        this(count, scan, () -> 0);
    }

    public Scripted(ToLongFunction<ShrinkControl> count, ToLongFunction<ShrinkControl> scan, LongSupplier reparent) {
        this.count = count;
        this.scan = scan;
        this.reparent = reparent;
    }

    /** A shrinker without objects. */
    public static Scripted empty() {
        return new Scripted(control -> EMPTY, control -> STOP);
    }

    /** A shrinker that always counts so many objects, and frees what it is asked for. */
    public static Scripted endless(long objects) {
        return new Scripted(control -> objects, ShrinkControl::nrToScan);
    }

    /** A shrinker that blocks at the gate in its counts, which then find so many objects, and frees nothing. */
    public static Scripted stuckInCount(long objects, Gate gate) {
        return new Scripted(
                control -> {
                    gate.pass();
                    return objects;
                },
                control -> STOP);
    }

    /** A shrinker that counts so many objects, and blocks at the gate in its scans. */
    public static Scripted stuck(long objects, Gate gate) {
        return new Scripted(control -> objects, control -> {
            gate.pass();
            return STOP;
        });
    }

    /** A shrinker that counts so many objects, blocks at the gate in its scans of one cgroup, and frees what it is asked for elsewhere. */
    public static Scripted stuckIn(String cgroup, long objects, Gate gate) {
        return new Scripted(control -> objects, control -> {
            if (!control.cgroup().toString().equals(cgroup)) {
                return control.nrToScan();
            }
            gate.pass();
            return STOP;
        });
    }

    @Override
    public long count(ShrinkControl control) {
        calls.add("count " + control.cgroup() + " " + control.node());
        return count.applyAsLong(control);
    }

    @Override
    public long scan(ShrinkControl control) {
        calls.add("scan " + control.cgroup() + " " + control.node() + " " + control.nrToScan());
        return scan.applyAsLong(control);
    }

    @Override
    public long reparent(CgroupPath offline, CgroupPath parent, int node) {
        return reparent.getAsLong();
    }
}
