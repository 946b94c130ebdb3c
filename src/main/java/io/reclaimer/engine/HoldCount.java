package io.reclaimer.engine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether a shrinker may be used, and how many use it now, but for visits that a thread has marked as its own
 * ({@link CallMark}). Any thread may call any method.
 *
 * <p>One word holds it all, so every transition is one compare-and-set: after {@link #beginFree} no hold succeeds.
 */
final class HoldCount {

    private static final int REGISTERED = 1 << 30;
    private static final int FREEING = 1 << 29;
    private static final int HOLDS = FREEING - 1;

    private final AtomicInteger state = new AtomicInteger();

    /** From now on it may be held. False where it may already, or is being freed. */
    boolean register() {
        return state.compareAndSet(0, REGISTERED);
    }

    /** Holds it against being freed, if it is registered and not being freed. */
    boolean tryHold() {
        int seen = state.get();
        while ((seen & (REGISTERED | FREEING)) == REGISTERED) {
            if (state.weakCompareAndSetVolatile(seen, seen + 1)) {
                return true;
            }
            seen = state.get();
        }
        return false;
    }

    /** Holds it once more; only for who holds it, so it succeeds even while it is being freed. */
    void holdAgain() {
        state.incrementAndGet();
    }

    /** Lets go. */
    void release() {
        int now = state.decrementAndGet();
        if ((now & HOLDS) == HOLDS) {
            state.incrementAndGet();
            throw new IllegalStateException("Released what was not held");
        }
    }

    /** From now on it can't be held. False where that was so already. */
    boolean beginFree() {
        return (state.getAndUpdate(seen -> seen | FREEING) & FREEING) == 0;
    }

    /** Allocated, and neither registered nor being freed. */
    boolean isAllocatedOnly() {
        return state.get() == 0;
    }

    boolean isFreeing() {
        return (state.get() & FREEING) != 0;
    }

    boolean isRegistered() {
        return (state.get() & (REGISTERED | FREEING)) == REGISTERED;
    }

    int holds() {
        return state.get() & HOLDS;
    }
}
