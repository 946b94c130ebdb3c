package io.reclaimer.engine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who uses a shrinker right now, and whether it may be used at all. Any thread may call any method.
 *
 * <p>One word holds it all, so every transition is one compare-and-set: after {@link #beginFree} no hold succeeds, and
 * exactly one caller, the one that frees or the one that releases last, learns that nobody holds it any more.
 */
final class HoldCount {

    private static final int REGISTERED = 1 << 30;
    private static final int FREEING = 1 << 29;
    private static final int HOLDS = FREEING - 1;

    private final AtomicInteger state = new AtomicInteger();

    /** What freeing found. */
    enum Freeing {
        /** Nobody holds it; it is over. */
        IDLE,
        /** Somebody does; the last {@link #release} answers true. */
        HELD,
        /** It was being freed already. */
        ALREADY
    }

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

    /** Lets go. True for the last hold of one that is being freed. */
    boolean release() {
        int now = state.decrementAndGet();
        if ((now & HOLDS) == HOLDS) {
            state.incrementAndGet();
            throw new IllegalStateException("Released what was not held");
        }
        return (now & HOLDS) == 0 && (now & FREEING) != 0;
    }

    /** From now on it can't be held. */
    Freeing beginFree() {
        int before = state.getAndUpdate(seen -> seen | FREEING);
        if ((before & FREEING) != 0) {
            return Freeing.ALREADY;
        }
        return (before & HOLDS) == 0 ? Freeing.IDLE : Freeing.HELD;
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
