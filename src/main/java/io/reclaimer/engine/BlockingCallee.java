package io.reclaimer.engine;

import io.reclaimer.shrinker.Shrinker;

/** Calls a shrinker that may block, on a thread where it may. */
final class BlockingCallee implements Callee {

    private final Shrinker shrinker;
    private final BlockingCalls calls;
    private final BlockingCalls.Lane lane;

    BlockingCallee(Shrinker shrinker, BlockingCalls calls) {
        this.shrinker = shrinker;
        this.calls = calls;
        this.lane = new BlockingCalls.Lane();
    }

    @Override
    public void make(Call call) {
        calls.submit(lane, call, () -> run(call));
    }

    @Override
    public void givenUp(Call call) {
        calls.writeOff(lane, call);
    }

    @Override
    public void freeing() {
        calls.freeing(lane);
    }

    private long run(Call call) {
        return switch (call.kind()) {
            case COUNT -> shrinker.count(call);
            case SCAN -> shrinker.scan(call);
            case REPARENT -> shrinker.reparent(call.cgroup(), call.parent(), call.node());
        };
    }
}
