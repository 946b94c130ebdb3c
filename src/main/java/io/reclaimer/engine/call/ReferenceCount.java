package io.reclaimer.engine.call;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The state of one shrinker, and its reference count: how many calls and threads hold it, without the visiting threads
 * that hold it by hazard pointer ({@link VisitingThread}). Thread-safe.
 *
 * <p>State and count share one word, so every transition is one compare-and-set: after {@link #beginFree} no hold
 * succeeds.
 */
public final class ReferenceCount {

    private static final int REGISTERED = 1 << 30;
    private static final int FREEING = 1 << 29;
    private static final int HOLDS = FREEING - 1;

    private final AtomicInteger state = new AtomicInteger();

    ReferenceCount() {}

    /** Allows holds from now on. False if they are allowed already, or the shrinker is being freed. */
    boolean register() {
        return state.compareAndSet(0, REGISTERED);
    }

    /** Holds the shrinker against being freed, if it is registered and not being freed. */
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

    /** Holds it once more. The caller holds it already, so this succeeds even while it is being freed. */
    void holdAgain() {
        state.incrementAndGet();
    }

    void release() {
        int now = state.decrementAndGet();
        if ((now & HOLDS) == HOLDS) {
            state.incrementAndGet();
            throw new IllegalStateException("Released what was not held");
        }
    }

    /** Refuses holds from now on. False if it is being freed already. */
    boolean beginFree() {
        return (state.getAndUpdate(seen -> seen | FREEING) & FREEING) == 0;
    }

    /** Whether the shrinker is allocated, and neither registered nor being freed. */
    public boolean isAllocatedOnly() {
        return state.get() == 0;
    }

    boolean isFreeing() {
        return (state.get() & FREEING) != 0;
    }

    boolean isRegistered() {
        return (state.get() & (REGISTERED | FREEING)) == REGISTERED;
    }

    int count() {
        return state.get() & HOLDS;
    }
}
