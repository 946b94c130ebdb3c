package io.reclaimer.engine.call;

import io.reclaimer.shrinker.Shrinker;

/**
 * The call strategy that uses threads where a call may block: for a blocking shrinker, and for a plain one while it is
 * slow.
 */
final class BlockingCallStrategy implements CallStrategy {

    private final Shrinker shrinker;
    private final BlockingCalls calls;
    private final BlockingCalls.Queue queue = new BlockingCalls.Queue();

    BlockingCallStrategy(Shrinker shrinker, BlockingCalls calls) {
        this.shrinker = shrinker;
        this.calls = calls;
    }

    @Override
    public void make(PendingCall call) {
        calls.submit(queue, call, () -> {
            long reply = ask(call);
            return () -> call.reply(reply);
        });
    }

    @Override
    public void givenUp(PendingCall call) {
        calls.writeOff(queue, call);
    }

    @Override
    public void freeing() {
        calls.freeing(queue);
    }

    private long ask(PendingCall call) {
        return switch (call.kind()) {
            case COUNT -> shrinker.count(call);
            case SCAN -> shrinker.scan(call);
            case REPARENT ->
                call.isPathOnlineAgain() ? 0 : shrinker.reparent(call.cgroup(), call.parent(), call.node());
        };
    }
}
