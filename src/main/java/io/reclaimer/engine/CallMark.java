package io.reclaimer.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Which shrinker a thread is calling right now, for the {@link CallWatch}. Written by that thread at every call, so it
 * costs two stores and no clock.
 *
 * <p>{@code number} is odd inside a call and rises with each step; {@code entry} is written before it turns odd. The
 * watch judges a number that it has seen for longer than a call may take, and says so in {@code judged}. Where the call
 * ends at that very moment its answer may count although it was called late: harmless, and cheaper than an atomic
 * exchange at every call.
 */
final class CallMark {

    private static final VarHandle NUMBER;

    static {
        try {
            NUMBER = MethodHandles.lookup().findVarHandle(CallMark.class, "number", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Thread thread;
    private @Nullable ShrinkerEntry entry;

    @SuppressWarnings("UnusedVariable") // written through the handle
    private volatile long number;

    private volatile long judged;

    /** What the watch has seen; the watch's alone. */
    long seenNumber;

    long seenSinceNanos;
    int seenTimes;

    @Nullable
    ShrinkerEntry stuck;

    CallMark(Thread thread) {
        this.thread = thread;
    }

    Thread thread() {
        return thread;
    }

    /** A call begins. */
    void enter(ShrinkerEntry called) {
        entry = called;
        NUMBER.setRelease(this, (long) NUMBER.get(this) + 1);
    }

    /** It has ended. True where the watch has judged it overdue. */
    boolean leave() {
        long now = (long) NUMBER.get(this);
        NUMBER.setRelease(this, now + 1);
        return judged == now;
    }

    /** Odd inside a call. Any thread. */
    long number() {
        return number;
    }

    /** Whom the call of this number is for; null where it has ended. The watch. */
    @Nullable
    ShrinkerEntry calledIn(long callNumber) {
        ShrinkerEntry called = entry;
        VarHandle.acquireFence();
        return number == callNumber ? called : null;
    }

    /** The call of this number is overdue. The watch. */
    void judge(long callNumber) {
        judged = callNumber;
    }
}
