package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import io.reclaimer.engine.unit.Fields;
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

    private static final VarHandle NEWEST =
            Fields.handle(MethodHandles.lookup(), Acknowledgements.class, "newest", PassRequest.class);
    private static final VarHandle ADDED =
            Fields.handle(MethodHandles.lookup(), Acknowledgements.class, "added", long.class);

    /*
     * The number of acknowledgements is counted apart from the list. It can't be kept in the requests, as the length of
     * the list up to each one: a visitor reads the newest request, and may be descheduled before it links its own to
     * it. Meanwhile the round may have taken and reused that request, and it may be the newest again, in a list of
     * another length. The link is right then, but the length would be wrong, and nobody would wake the round.
     */

    private final ActorRef<ReclaimRound.Command> round;

    /** The newest acknowledgement, linked to those before it. */
    @SuppressWarnings("UnusedVariable") // written through the handle
    private volatile @Nullable PassRequest newest;

    /** The number of acknowledgements since the beginning of the round. Each is counted after it is on the list. */
    @SuppressWarnings("UnusedVariable") // written through the handle
    private volatile long added;

    /** The number of acknowledgements that were taken. Confined to the round's actor. */
    private long taken;

    /** The value of {@link #added} at which the round goes on; 0 for never. */
    private volatile long wakeAt;

    /** Whether the round has ended. */
    private volatile boolean closed;

    Acknowledgements(ActorRef<ReclaimRound.Command> round) {
        this.round = round;
    }

    /** Adds one, and wakes the round if there are enough. */
    void add(PassRequest request) {
        request.before = null;
        if (addAll(request)) {
            wakeRound();
        }
    }

    /**
     * Adds several.
     *
     * @param last the newest of them, linked to those before it
     * @return whether there are enough now for the round to go on; the caller has it go on
     */
    boolean addAll(PassRequest last) {
        int more = 1;
        PassRequest first = last;
        while (first.before != null) {
            first = first.before;
            more++;
        }
        PassRequest known;
        do {
            known = newest;
            first.before = known;
        } while (!NEWEST.compareAndSet(this, known, last));
        // The round may take the requests, and reuse them, from here on.
        long before = (long) ADDED.getAndAdd(this, (long) more);
        long wake = wakeAt;
        return before < wake && wake <= before + more;
    }

    /** Wakes the round. */
    void wakeRound() {
        if (!closed) {
            round.tell(ReclaimRound.Wake.INSTANCE);
        }
    }

    /** The actor of the round. */
    ActorRef<ReclaimRound.Command> round() {
        return round;
    }

    /**
     * Sets how many acknowledgements, beyond those that were taken, wake the round.
     *
     * @return whether so many are there already: then nobody may wake the round, and it has to take them
     */
    boolean await(int count) {
        long sum = taken + count;
        // Before the read: a visitor counts its acknowledgement and then reads this, so one of the two sees the other.
        wakeAt = sum;
        return added >= sum;
    }

    /** Stops waking the round. */
    void close() {
        closed = true;
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
            taken++;
        }
        return first;
    }
}
