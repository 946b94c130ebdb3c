package io.reclaimer.testkit;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** A shrinker that answers what the test says, and notes who asked. */
public final class Scripted implements Shrinker {

    private final ToLongFunction<ShrinkControl> count;
    private final ToLongFunction<ShrinkControl> scan;
    private final LongSupplier reparent;

    /** Each call: {@code count} or {@code scan}, cgroup, node, and for a scan how many objects. */
    public final Queue<String> calls = new ConcurrentLinkedQueue<>();

    /** Moves nothing where a cgroup goes offline. */
    public Scripted(ToLongFunction<ShrinkControl> count, ToLongFunction<ShrinkControl> scan) {
        this(count, scan, () -> 0);
    }

    public Scripted(ToLongFunction<ShrinkControl> count, ToLongFunction<ShrinkControl> scan, LongSupplier reparent) {
        this.count = count;
        this.scan = scan;
        this.reparent = reparent;
    }

    /** Always has that many, and frees what it is asked for. */
    public static Scripted endless(long objects) {
        return new Scripted(control -> objects, ShrinkControl::nrToScan);
    }

    /** Has that many, and stands still in its first scan. */
    public static Scripted stuck(long objects, Gate gate) {
        return new Scripted(control -> objects, control -> {
            gate.pass();
            return STOP;
        });
    }

    /** Has that many, and stands still in its scans in one cgroup only; elsewhere it frees what it is asked for. */
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
