package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The acknowledgements of the pairs that a round has asked. They are no messages: a visitor puts its {@link PairPass} on the
 * list here, and the one with whom enough are there wakes the round's actor, which takes them all. So a pass costs each pair
 * one message.
 *
 * <p>{@link #add} may be called by any thread, everything else by the round's actor.
 */
final class PassAnswers {

    private static final VarHandle NEWEST;

    static {
        try {
            NEWEST = MethodHandles.lookup().findVarHandle(PassAnswers.class, "newest", PairPass.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ActorRef<ReclaimRound.Command> round;

    /** The one that came last, which leads to those before it. */
    @SuppressWarnings("UnusedVariable") // written through the handle
    private volatile @Nullable PairPass newest;

    /** With which one the round is to be woken, counted from the last time they were taken; 0: with none. */
    private volatile int wakeAt;

    PassAnswers(ActorRef<ReclaimRound.Command> round) {
        this.round = round;
    }

    /** A pair has done its part. */
    void add(PairPass pass) {
        PairPass last;
        int count;
        do {
            last = newest;
            pass.before = last;
            count = last == null ? 1 : last.depth + 1;
            pass.depth = count;
        } while (!NEWEST.compareAndSet(this, last, pass));
        if (count == wakeAt) {
            round.tell(ReclaimRound.Wake.INSTANCE);
        }
    }

    /**
     * Has the round woken when so many are there.
     *
     * @return whether they are there already: then nobody may wake it, and it has to take them
     */
    boolean await(int count) {
        // Before looking: a pair puts its acknowledgement and then looks here, so one of the two sees the other.
        wakeAt = count;
        PairPass last = newest;
        return last != null && last.depth >= count;
    }

    /** Nobody is to be woken any more. */
    void close() {
        wakeAt = 0;
    }

    /** All that have come, the first one first, each leading to the next by {@link PairPass#before}; null where there are none. */
    @Nullable
    PairPass take() {
        if (newest == null) {
            return null;
        }
        PairPass rest = (PairPass) NEWEST.getAndSet(this, null);
        PairPass first = null;
        while (rest != null) {
            PairPass earlier = rest.before;
            rest.before = first;
            first = rest;
            rest = earlier;
        }
        return first;
    }
}
