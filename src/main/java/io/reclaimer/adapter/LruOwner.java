package io.reclaimer.adapter;

/**
 * The cache whose objects are in {@link LruLists}, as the reclaimer sees it. Called on the reclaimer's threads, for
 * different lists possibly at the same time, and never with a lock of the lists held: an owner may take locks of its own
 * and use the lists as it likes.
 *
 * <p>Where it throws, the scan ends as faulty and no object is lost: those not yet asked for stay where they are, and the
 * one it threw for goes to the hot end, so that it does not stand in the way of the others for ever.
 */
@FunctionalInterface
public interface LruOwner<T> {

    /**
     * An object is out of the lists, by the reclaimer: the owner drops it. Called once for an object, and never for one
     * whose {@link LruItem#remove} answered true.
     */
    void reclaimed(T value);

    /**
     * Whether an object may go. Asked without a lock, so the object may be removed, or used, at the same time; where it
     * says {@link LruVerdict#REMOVE} and nobody removed the object before, {@link #reclaimed} follows at once.
     */
    default LruVerdict isolate(T value) {
        return LruVerdict.REMOVE;
    }
}
