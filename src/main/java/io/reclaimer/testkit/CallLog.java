package io.reclaimer.testkit;

import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.testkit.ShrinkerCall.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The calls of one shrinker. Any thread: stages are completed by whomever. */
final class CallLog {

    private final String shrinker;
    private final Supplier<Duration> clock;
    private final List<ShrinkerCall> calls = new ArrayList<>();
    private int callsWhenFreed = Integer.MAX_VALUE;

    CallLog(String shrinker, Supplier<Duration> clock) {
        this.shrinker = shrinker;
        this.clock = clock;
    }

    synchronized void freed() {
        callsWhenFreed = calls.size();
    }

    synchronized List<ShrinkerCall> calls() {
        return List.copyOf(calls);
    }

    synchronized List<ShrinkerCall> callsAfterFreed() {
        return callsWhenFreed >= calls.size() ? List.of() : List.copyOf(calls.subList(callsWhenFreed, calls.size()));
    }

    /** The call's number. */
    private synchronized int begin(Kind kind, CgroupPath cgroup, int node, long asked) {
        calls.add(new ShrinkerCall(clock.get(), kind, shrinker, cgroup, node, asked, OptionalLong.empty()));
        return calls.size() - 1;
    }

    private synchronized void end(int number, long answer) {
        ShrinkerCall call = calls.get(number);
        calls.set(
                number,
                new ShrinkerCall(
                        call.at(),
                        call.kind(),
                        shrinker,
                        call.cgroup(),
                        call.node(),
                        call.asked(),
                        OptionalLong.of(answer)));
    }

    private long recorded(int number, LongSupplier call) {
        long answer = call.getAsLong();
        end(number, answer);
        return answer;
    }

    private CompletionStage<Long> recorded(int number, CompletionStage<Long> answer) {
        // Not a stage of ours: what the engine waits for is the shrinker's own.
        answer.whenComplete((value, why) -> {
            if (value != null) {
                end(number, value);
            }
        });
        return answer;
    }

    /** The same shrinker, with its calls in this log. */
    Shrinker recording(Shrinker inner) {
        return new Shrinker() {
            @Override
            public long count(ShrinkControl control) {
                return recorded(begin(Kind.COUNT, control.cgroup(), control.node(), 0), () -> inner.count(control));
            }

            @Override
            public long scan(ShrinkControl control) {
                int number = begin(Kind.SCAN, control.cgroup(), control.node(), control.nrToScan());
                return recorded(number, () -> inner.scan(control));
            }

            @Override
            public long reparent(CgroupPath offline, CgroupPath parent, int node) {
                return recorded(begin(Kind.REPARENT, offline, node, 0), () -> inner.reparent(offline, parent, node));
            }
        };
    }

    /** The same of one that answers with stages. */
    AsyncShrinker recording(AsyncShrinker inner) {
        return new AsyncShrinker() {
            @Override
            public CompletionStage<Long> count(ShrinkControl control) {
                return recorded(begin(Kind.COUNT, control.cgroup(), control.node(), 0), inner.count(control));
            }

            @Override
            public CompletionStage<Long> scan(ShrinkControl control) {
                int number = begin(Kind.SCAN, control.cgroup(), control.node(), control.nrToScan());
                return recorded(number, inner.scan(control));
            }

            @Override
            public CompletionStage<Long> reparent(CgroupPath offline, CgroupPath parent, int node) {
                return recorded(begin(Kind.REPARENT, offline, node, 0), inner.reparent(offline, parent, node));
            }
        };
    }
}
