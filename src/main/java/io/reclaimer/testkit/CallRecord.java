package io.reclaimer.testkit;

import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Notes calls that a shrinker was made after it was freed. Any thread. */
final class CallRecord {

    private final Queue<String> late = new ConcurrentLinkedQueue<>();
    private volatile boolean isFreed;

    /** The answer to the freeing is there: what begins from now on is late. */
    void freed() {
        isFreed = true;
    }

    /** The calls that began after that. */
    List<String> late() {
        return List.copyOf(late);
    }

    Shrinker around(Shrinker shrinker) {
        return new Shrinker() {
            @Override
            public long count(ShrinkControl control) {
                note("count", control.cgroup(), control.node());
                return shrinker.count(control);
            }

            @Override
            public long scan(ShrinkControl control) {
                note("scan", control.cgroup(), control.node());
                return shrinker.scan(control);
            }

            @Override
            public long reparent(CgroupPath offline, CgroupPath parent, int node) {
                note("reparent", offline, node);
                return shrinker.reparent(offline, parent, node);
            }
        };
    }

    AsyncShrinker around(AsyncShrinker shrinker) {
        return new AsyncShrinker() {
            @Override
            public CompletionStage<Long> count(ShrinkControl control) {
                note("count", control.cgroup(), control.node());
                return shrinker.count(control);
            }

            @Override
            public CompletionStage<Long> scan(ShrinkControl control) {
                note("scan", control.cgroup(), control.node());
                return shrinker.scan(control);
            }

            @Override
            public CompletionStage<Long> reparent(CgroupPath offline, CgroupPath parent, int node) {
                note("reparent", offline, node);
                return shrinker.reparent(offline, parent, node);
            }
        };
    }

    private void note(String call, CgroupPath cgroup, int node) {
        if (isFreed) {
            late.add(call + " for " + cgroup + " on node " + node);
        }
    }
}
