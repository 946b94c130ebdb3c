package io.reclaimer.engine;

import io.reclaimer.shrinker.Shrinker;

/** Calls a shrinker that may block, or a plain one while it is slow, on a thread where it may. */
final class BlockingCallee implements Callee {

    private final Shrinker shrinker;
    private final BlockingCalls calls;
    private final BlockingCalls.Lane lane = new BlockingCalls.Lane();

    BlockingCallee(Shrinker shrinker, BlockingCalls calls) {
        this.shrinker = shrinker;
        this.calls = calls;
    }

    @Override
    public void make(Call call) {
        calls.submit(lane, call, () -> {
            long answer = ask(call);
            return () -> call.answer(answer);
        });
    }

    @Override
    public void givenUp(Call call) {
        calls.writeOff(lane, call);
    }

    @Override
    public void freeing() {
        calls.freeing(lane);
    }

    private long ask(Call call) {
        return switch (call.kind()) {
            case COUNT -> shrinker.count(call);
            case SCAN -> shrinker.scan(call);
            case REPARENT -> shrinker.reparent(call.cgroup(), call.parent(), call.node());
        };
    }
}
