package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The acknowledgements of the visitors that one round has asked. They are not messages: a visitor puts its {@link
 * PassRequest} on a list, and the visitor that makes the list long enough wakes the round's actor, which takes the
 * whole list. So a pass costs one message per cgroup and node.
 *
 * <p>{@link #add} is thread-safe; all other methods are confined to the round's actor.
 */
final class Acknowledgements {

    private static final VarHandle NEWEST;

    static {
        try {
            NEWEST = MethodHandles.lookup().findVarHandle(Acknowledgements.class, "newest", PassRequest.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ActorRef<ReclaimRound.Command> round;

    /** The newest acknowledgement, linked to those before it. */
    @SuppressWarnings("UnusedVariable") // written through the handle
    private volatile @Nullable PassRequest newest;

    /** The length of the list at which the round is woken; 0 for never. */
    private volatile int wakeAt;

    Acknowledgements(ActorRef<ReclaimRound.Command> round) {
        this.round = round;
    }

    void add(PassRequest request) {
        PassRequest last;
        int count;
        do {
            last = newest;
            request.before = last;
            count = last == null ? 1 : last.depth + 1;
            request.depth = count;
        } while (!NEWEST.compareAndSet(this, last, request));
        if (count == wakeAt) {
            round.tell(ReclaimRound.Wake.INSTANCE);
        }
    }

    /**
     * Sets how many acknowledgements wake the round.
     *
     * @return whether so many are there already: then nobody may wake the round, and it has to take them
     */
    boolean await(int count) {
        // Before the read: a visitor adds its acknowledgement and then reads this, so one of the two sees the other.
        wakeAt = count;
        PassRequest last = newest;
        return last != null && last.depth >= count;
    }

    /** Stops waking the round. */
    void close() {
        wakeAt = 0;
    }

    /** Takes all, in the order of arrival, each linked to the next by {@link PassRequest#before}; null for none. */
    @Nullable
    PassRequest take() {
        if (newest == null) {
            return null;
        }
        PassRequest last = (PassRequest) NEWEST.getAndSet(this, null);
        PassRequest first = null;
        while (last != null) {
            PassRequest earlier = last.before;
            last.before = first;
            first = last;
            last = earlier;
        }
        return first;
    }
}
