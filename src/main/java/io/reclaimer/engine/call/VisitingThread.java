package io.reclaimer.engine.call;

import io.reclaimer.engine.unit.Fields;
import io.reclaimer.shrinker.Saturating;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The state that one visiting thread publishes: a hazard pointer to the shrinker it uses, the number of the call to
 * user code that is under way, and counters of what was scanned and freed. Written by that thread alone, so a visit
 * shares no written memory with visits on other threads; read by whoever frees a shrinker, and by the {@link
 * CallWatchdog}.
 *
 * <p>The hazard pointer: the thread writes it first, and then looks whether the shrinker may be held; whoever frees the
 * shrinker says so first, and then reads the hazard pointers. All are volatile, so at least one of the two sees the
 * other. A thread that releases a shrinker and finds that it is being freed tells the shrinker's guard to count again
 * (HoldsTest tests this race).
 *
 * <p>The call: {@code number} is odd inside a call and rises with each step; {@code called} is written before it turns
 * odd. The watchdog judges a number that it has seen for longer than a call may take, and writes its verdict to {@code
 * slow} and {@code overdue}. If the call ends at that moment, the verdict may be missed: the reply then counts,
 * although it was late. This is harmless, and cheaper than an atomic exchange at every call.
 */
public class VisitingThread {

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final VarHandle NUMBER = Fields.handle(LOOKUP, VisitingThread.class, "number", long.class);
    private static final VarHandle CALLER = Fields.handle(LOOKUP, VisitingThread.class, "caller", Caller.class);
    private static final VarHandle HELD = Fields.handle(LOOKUP, VisitingThread.class, "held", long.class);
    private static final VarHandle FREED = Fields.handle(LOOKUP, VisitingThread.class, "freedBytes", long.class);
    private static final VarHandle SCANNED = Fields.handle(LOOKUP, VisitingThread.class, "scanned", long.class);

    /** The serial of no shrinker. */
    private static final long NONE = 0;

    private final Thread thread;

    /** The hazard pointer: a serial and not a reference, so that a write needs no barrier of the garbage collector. */
    private volatile long held = NONE;

    /** The shrinker that was released last, if its guard was not told yet. Confined to this thread. */
    private @Nullable ShrinkerEntry released;

    /** The shrinker that is called; written before the number. */
    private long called = NONE;

    /** The trace listener that is called; null if a shrinker is. Written before the number. */
    private Tracer.@Nullable Subscription listener;

    /** The visitor that calls are made for; null between two time slices. */
    private volatile @Nullable Caller caller;

    /** The task under way that others can take over; null if there is none. */
    private volatile @Nullable SharedTask shared;

    @SuppressWarnings("UnusedVariable") // written through the handle
    private volatile long number;

    /** The last call that was found to be slow; written by the watchdog. */
    private volatile long slow;

    /** The last call that was found not to have come back by its deadline; written by the watchdog. */
    private volatile long overdue;

    /** The visit that was found to be stuck on this thread; written by the watchdog, taken by this thread. */
    private volatile @Nullable StuckVisit stuck;

    private volatile long scanned;

    /** Bytes freed, without those that shrinkers free at once. */
    private volatile long freedBytes;

    /** The watchdog's record of this thread. Confined to the watchdog. */
    final ThreadObservation observation = new ThreadObservation();

    protected VisitingThread(Thread thread) {
        this.thread = thread;
    }

    public final Thread thread() {
        return thread;
    }

    /** Begins a time slice: calls are made for that visitor from now on. */
    public final void beginSlice(Caller visitor) {
        caller = visitor;
    }

    /** Ends the time slice. A visit that was stuck in it is over, or goes on as a late one. */
    public final void endSlice() {
        completeRelease();
        StuckVisit visit = stuck;
        if (visit != null) {
            stuck = null;
            visit.end();
        }
        CALLER.setRelease(this, null);
    }

    /** Begins a task that others can take over. */
    public final void beginShared(SharedTask task) {
        shared = task;
    }

    /** Ends that task. */
    public final void endShared() {
        shared = null;
    }

    /** Has another thread take over the remainder of the task under way, if it can. Called by the watchdog. */
    final void handOnShared() {
        SharedTask task = shared;
        if (task != null) {
            task.handOn();
        }
    }

    /** Marks the visit on this thread as stuck. Called by the watchdog. */
    final void isStuckIn(StuckVisit visit) {
        stuck = visit;
    }

    /** Whether a time slice is under way. Any thread. */
    public final boolean isWorking() {
        return caller != null;
    }

    /** Holds a shrinker against being freed, if it is registered and not being freed; one at a time. */
    public final boolean tryHold(ShrinkerEntry entry) {
        held = entry.serial();
        ShrinkerEntry before = released;
        if (before != null) {
            released = null;
            before.released();
        }
        if (entry.isRegistered()) {
            return true;
        }
        release(entry);
        completeRelease();
        return false;
    }

    /** Releases the shrinker. Its guard is told by {@link #completeRelease}, or by the next hold. */
    public final void release(ShrinkerEntry entry) {
        HELD.setRelease(this, NONE);
        released = entry;
    }

    /**
     * Completes the last release: tells the shrinker's guard if the shrinker is being freed.
     *
     * <p>A volatile write comes first, so that whoever frees the shrinker sees that the hazard pointer is gone, or this
     * thread sees that the shrinker is being freed. The next hold is such a write, so only a release that no hold
     * follows needs one of its own: one barrier per visit.
     */
    public final void completeRelease() {
        ShrinkerEntry before = released;
        if (before != null) {
            held = NONE;
            released = null;
            before.released();
        }
    }

    /** Whether this thread holds the shrinker of that serial. Any thread. */
    final boolean holds(long serial) {
        return held == serial;
    }

    /** Begins a call to a shrinker. */
    public final void enter(ShrinkerEntry entry) {
        called = entry.serial();
        NUMBER.setRelease(this, (long) NUMBER.get(this) + 1);
    }

    /** Begins a call to a trace listener. */
    final void enter(Tracer.Subscription subscription) {
        listener = subscription;
        NUMBER.setRelease(this, (long) NUMBER.get(this) + 1);
    }

    /**
     * Ends the call. An interrupt that it leaves behind is not meant for the next one, and is cleared.
     *
     * @return whether the watchdog has found it slow
     */
    public final boolean leave() {
        Thread.interrupted();
        long now = (long) NUMBER.get(this);
        NUMBER.setRelease(this, now + 1);
        return slow == now;
    }

    /** Ends the call to a trace listener. True if the watchdog has found it slow. */
    final boolean leaveListener() {
        listener = null;
        return leave();
    }

    /** Whether the last call, which has ended, did not come back by its deadline. */
    public final boolean wasOverdue() {
        return overdue == (long) NUMBER.get(this) - 1;
    }

    /** The number of the call, odd inside a call. Any thread. */
    public final long number() {
        return number;
    }

    /**
     * A call that is under way.
     *
     * @param serial of the shrinker that is called, or whose visit calls a listener
     */
    record Call(
            long serial,
            Tracer.@Nullable Subscription listener,
            @Nullable Caller caller) {}

    /** The call of this number; null if it has ended. Called by the watchdog. */
    final @Nullable Call call(long callNumber) {
        Call call = new Call(called, listener, caller);
        VarHandle.acquireFence();
        return number == callNumber ? call : null;
    }

    /** Marks the call of this number as slow. Called by the watchdog. */
    final void judgeSlow(long callNumber) {
        slow = callNumber;
    }

    /** Marks the call of this number as overdue: it has not come back by its deadline. Called by the watchdog. */
    final void judgeOverdue(long callNumber) {
        overdue = callNumber;
    }

    public final void addScanned(long objects) {
        SCANNED.setRelease(this, Saturating.add((long) SCANNED.get(this), objects));
    }

    /** Objects scanned by this thread so far. Any thread. */
    final long scanned() {
        return scanned;
    }

    public final void addFreedBytes(long bytes) {
        FREED.setRelease(this, Saturating.add((long) FREED.get(this), bytes));
    }

    /** Bytes freed by calls on this thread so far, without those given back at once. Any thread. */
    final long freedBytes() {
        return freedBytes;
    }
}
