package io.reclaimer.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one pair that are answered later: one at a time for each shrinker that is not reentrant. Thread-safe; guarded by
 * {@code this}, and no shrinker is called under the lock.
 *
 * <p>A call that has ended is put here, and the pair's visitor is told to look: so one that was told in vain, because it is
 * stuck, takes nothing with it.
 */
final class CallLanes {

    /** For each shrinker with a call under way those that wait for its end; null where there is none. */
    private @Nullable Map<ShrinkerEntry, Deque<Call>> lanes;

    /** Ended, and not taken; null where there is none. */
    private @Nullable Deque<Call> ended;

    /**
     * Makes a call, now or when its turn comes. A visitor.
     *
     * @return whether it has ended; otherwise it is put here when it does
     */
    boolean make(Call call) {
        if (!enter(call)) {
            return false;
        }
        call.start();
        if (call.isToBeAwaited()) {
            return false;
        }
        leave(call);
        return true;
    }

    /** Takes the lane of the shrinker, or a place in it. */
    private synchronized boolean enter(Call call) {
        if (call.entry.isReentrant()) {
            call.hadItsTurn = true;
            return true;
        }
        if (lanes == null) {
            lanes = new IdentityHashMap<>(4);
        }
        Deque<Call> waiting = lanes.get(call.entry);
        if (waiting == null) {
            lanes.put(call.entry, new ArrayDeque<>(2));
            call.hadItsTurn = true;
            return true;
        }
        call.isToBeAwaited();
        waiting.add(call);
        return false;
    }

    /** The call has ended: the next one of its shrinker is made. A visitor. */
    private void leave(Call call) {
        Call next = next(call);
        if (next != null) {
            // It is awaited already, so its end is put here like any other's.
            next.start();
        }
    }

    private synchronized @Nullable Call next(Call call) {
        Deque<Call> waiting = lanes == null ? null : lanes.get(call.entry);
        if (waiting == null) {
            return null;
        }
        if (!call.hadItsTurn) {
            // It ended while it waited.
            waiting.remove(call);
            return null;
        }
        Call next = waiting.poll();
        if (next != null) {
            next.hadItsTurn = true;
        } else if (lanes != null) {
            lanes.remove(call.entry);
            lanes = lanes.isEmpty() ? null : lanes;
        }
        return next;
    }

    /** A call that was awaited has ended. Any thread. */
    void ended(Call call) {
        synchronized (this) {
            if (ended == null) {
                ended = new ArrayDeque<>(2);
            }
            ended.add(call);
        }
        call.pair.visitor().tell(CgroupNode.CallsEnded.INSTANCE);
    }

    /** Takes one that has ended, and has the next one of its shrinker made; null where there is none. A visitor. */
    @Nullable
    Call takeEnded() {
        Call call;
        synchronized (this) {
            call = ended == null ? null : ended.poll();
            if (call == null) {
                ended = null;
                return null;
            }
        }
        leave(call);
        return call;
    }
}
