package io.reclaimer.testkit;

import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.testkit.ShrinkerCall.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The calls of one shrinker, in order. Register what {@link #recording} returns in its place. Thread-safe. */
public final class CallLog {

    private final String shrinker;
    private final Supplier<Duration> clock;
    private final List<ShrinkerCall> calls = new ArrayList<>();
    private int callsWhenFreed = Integer.MAX_VALUE;

    /** @param clock the time since any start */
    public CallLog(String shrinker, Supplier<Duration> clock) {
        this.shrinker = Objects.requireNonNull(shrinker, "shrinker");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** Notes that the free of the shrinker was answered: a call that begins after this is an error of the reclaimer. */
    public synchronized void markFreed() {
        callsWhenFreed = calls.size();
    }

    public synchronized List<ShrinkerCall> calls() {
        return List.copyOf(calls);
    }

    /** The calls that began after {@link #markFreed}. */
    public synchronized List<ShrinkerCall> callsAfterFreed() {
        return callsWhenFreed >= calls.size() ? List.of() : List.copyOf(calls.subList(callsWhenFreed, calls.size()));
    }

    private synchronized ShrinkerCall begin(Kind kind, CgroupPath cgroup, int node, long nrToScan) {
        ShrinkerCall call = new ShrinkerCall(clock.get(), kind, shrinker, cgroup, node, nrToScan);
        calls.add(call);
        return call;
    }

    private ShrinkerCall begin(Kind kind, ShrinkControl control) {
        return begin(kind, control.cgroup(), control.node(), kind == Kind.SCAN ? control.nrToScan() : 0);
    }

    /** Notes the result, and returns it. */
    private static long ended(ShrinkerCall call, long result) {
        call.end(result);
        return result;
    }

    /** Returns the stage itself, and no dependent one: the engine waits for the stage of the shrinker. */
    private static CompletionStage<Long> ended(ShrinkerCall call, CompletionStage<Long> result) {
        result.whenComplete((value, failure) -> {
            if (value != null) {
                call.end(value);
            }
        });
        return result;
    }

    /** A shrinker that calls {@code inner}, and records each call. */
    public Shrinker recording(Shrinker inner) {
        Objects.requireNonNull(inner, "inner");
        return new Shrinker() {
            @Override
            public long count(ShrinkControl control) {
                return ended(begin(Kind.COUNT, control), inner.count(control));
            }

            @Override
            public long scan(ShrinkControl control) {
                return ended(begin(Kind.SCAN, control), inner.scan(control));
            }

            @Override
            public long reparent(CgroupPath offline, CgroupPath parent, int node) {
                return ended(begin(Kind.REPARENT, offline, node, 0), inner.reparent(offline, parent, node));
            }
        };
    }

    /** As {@link #recording(Shrinker)}, for a shrinker that returns stages. */
    public AsyncShrinker recording(AsyncShrinker inner) {
        Objects.requireNonNull(inner, "inner");
        return new AsyncShrinker() {
            @Override
            public CompletionStage<Long> count(ShrinkControl control) {
                return ended(begin(Kind.COUNT, control), inner.count(control));
            }

            @Override
            public CompletionStage<Long> scan(ShrinkControl control) {
                return ended(begin(Kind.SCAN, control), inner.scan(control));
            }

            @Override
            public CompletionStage<Long> reparent(CgroupPath offline, CgroupPath parent, int node) {
                return ended(begin(Kind.REPARENT, offline, node, 0), inner.reparent(offline, parent, node));
            }
        };
    }
}
