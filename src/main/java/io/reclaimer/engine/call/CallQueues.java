package io.reclaimer.engine.call;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one site whose shrinkers reply later: a queue for each shrinker that is not reentrant, because such a
 * shrinker is called once at a time. Thread-safe; guarded by {@code this}, and no shrinker is called under the lock.
 *
 * <p>An ended call is put here, and the visitor is woken to take it. If the visitor is stuck, the call stays here for
 * the visitor that replaces it.
 */
public final class CallQueues {

    /** The waiting calls of each shrinker that has a call under way; null if no call is under way. */
    private @Nullable Map<ShrinkerEntry, Deque<PendingCall>> queues;

    /** Calls that have ended and are not taken yet; null if there is none. */
    private @Nullable Deque<PendingCall> ended;

    /**
     * Makes a call now, or when those before it have ended. Called by the visitor.
     *
     * @return whether it has ended; otherwise its owner is told of its end
     */
    public boolean make(PendingCall call) {
        if (!enter(call)) {
            return false;
        }
        call.start();
        if (call.await()) {
            return false;
        }
        leave(call);
        return true;
    }

    /** Takes the first place in the shrinker's queue, or the last one. */
    private synchronized boolean enter(PendingCall call) {
        if (call.entry().isReentrant()) {
            call.wasFirst = true;
            return true;
        }
        if (queues == null) {
            queues = new IdentityHashMap<>(4);
        }
        Deque<PendingCall> waiting = queues.get(call.entry());
        if (waiting == null) {
            queues.put(call.entry(), new ArrayDeque<>(2));
            call.wasFirst = true;
            return true;
        }
        call.await();
        waiting.add(call);
        return false;
    }

    /** Makes the next call of a shrinker, because this one has ended. Called by the visitor. */
    private void leave(PendingCall call) {
        PendingCall next = next(call);
        if (next != null) {
            // It is awaited already, so its owner is told of its end.
            next.start();
        }
    }

    private synchronized @Nullable PendingCall next(PendingCall call) {
        Deque<PendingCall> waiting = queues == null ? null : queues.get(call.entry());
        if (waiting == null) {
            return null;
        }
        if (!call.wasFirst) {
            // It ended while it waited.
            waiting.remove(call);
            return null;
        }
        PendingCall next = waiting.poll();
        if (next != null) {
            next.wasFirst = true;
        } else if (queues != null) {
            queues.remove(call.entry());
            queues = queues.isEmpty() ? null : queues;
        }
        return next;
    }

    /** Puts a call here that was awaited and has ended, and wakes the visitor. */
    void putEnded(PendingCall call) {
        synchronized (this) {
            if (ended == null) {
                ended = new ArrayDeque<>(2);
            }
            ended.add(call);
        }
        call.site().callHasEnded();
    }

    /** Takes a call that has ended, and makes the next one of its shrinker; null if none has. Called by the visitor. */
    public @Nullable PendingCall takeEnded() {
        PendingCall call;
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
