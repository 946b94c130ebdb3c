package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The acknowledgements of the visitors that one round has asked. They are no messages: a visitor puts its
 * {@link PassRequest} on a list, and the one that makes the list long enough wakes the round's actor, which takes them
 * all. So a pass costs one message a cgroup and node.
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

    /** The last one, which leads to those before it. */
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
     * Has the round woken when so many are there.
     *
     * @return whether they are there already: then nobody may wake it, and it has to take them
     */
    boolean await(int count) {
        // Before the read: a visitor adds its acknowledgement and then reads this, so one of the two sees the other.
        wakeAt = count;
        PassRequest last = newest;
        return last != null && last.depth >= count;
    }

    /** Has nobody woken any more. */
    void close() {
        wakeAt = 0;
    }

    /** Takes all, in the order of arrival, each leading to the next by {@link PassRequest#before}; null for none. */
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
