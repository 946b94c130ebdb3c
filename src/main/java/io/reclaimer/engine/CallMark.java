package io.reclaimer.engine;

import io.reclaimer.shrinker.Saturating;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * State that one visiting thread publishes: a hazard pointer to the shrinker it uses, the number of the call to user code that
 * is under way, and counters of what was scanned and freed. Written by that thread alone, so a visit shares no written memory with visits
 * on other threads; read by whoever frees a shrinker, and by the {@link CallWatch}.
 *
 * <p>The hold: the thread marks it first, and then looks whether the shrinker may be held; who frees it says so first, and then
 * looks at the marks. All are volatile, so at least one of the two sees the other. Who lets go of a shrinker and finds that it
 * is being freed tells its guard to look again (HoldsTest tries to get between).
 *
 * <p>The call: {@code number} is odd inside a call and rises with each step; {@code called} is written before it turns odd. The
 * watch judges a number that it has seen for longer than a call may take, and says so in {@code slow} and {@code overdue}.
 * Where the call ends at that very moment nobody may notice: its answer counts then, although it was late. This is harmless, and
 * cheaper than an atomic exchange at every call.
 */
final class CallMark {

    private static final VarHandle NUMBER;
    private static final VarHandle SCANNED;
    private static final VarHandle FREED;
    private static final VarHandle HELD;
    private static final VarHandle VISITOR;

    static {
        try {
            NUMBER = MethodHandles.lookup().findVarHandle(CallMark.class, "number", long.class);
            VISITOR = MethodHandles.lookup().findVarHandle(CallMark.class, "visitor", Visitor.class);
            HELD = MethodHandles.lookup().findVarHandle(CallMark.class, "held", long.class);
            FREED = MethodHandles.lookup().findVarHandle(CallMark.class, "freedBytes", long.class);
            SCANNED = MethodHandles.lookup().findVarHandle(CallMark.class, "scanned", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The serial of no shrinker. */
    static final long NONE = 0;

    /** As many as a deep tree needs at a time. */
    private static final int MOST_SPARES = 64;

    private final Thread thread;

    /** Serials, not references: no collector wants to hear of these writes. */
    private volatile long held = NONE;

    /** Let go of, but nobody was told yet. */
    private @Nullable ShrinkerEntry leaving;

    /** What is called now; written before the number. */
    private long called = NONE;

    /** The trace listener that is called; null where a shrinker is. Written before the number. */
    private Tracer.@Nullable Listening listening;

    /** Whose thread this is now; null while it works for nobody. */
    private volatile @Nullable Visitor visitor;

    @SuppressWarnings("UnusedVariable") // written through the handle
    private volatile long number;

    /** The last call that was found to be slow; written by the watch. */
    private volatile long slow;

    /** The last call that was found not to have come back by its deadline; written by the watch. */
    private volatile long overdue;

    /** The visit that was found to be stuck on this thread; written by the watch, taken by this thread. */
    private volatile @Nullable StuckVisit stuck;

    private volatile long scanned;

    /** But for what is given back at once. */
    private volatile long freedBytes;

    /** Where this thread's sums of a round are; looked up again when it works for another one. */
    private @Nullable Tally tally;

    private Tally.@Nullable Cell cell;

    /** Runs that are over, for the next passes; so what they use is in this core's cache. This thread's alone. */
    private @Nullable PassRun spares;

    private int spareCount;

    /** The time slice that this thread is in; this thread's alone. */
    final Turn turn;

    /** What the watch has seen of this thread. */
    final CallSeen seen = new CallSeen();

    CallMark(Thread thread, LongSupplier nanoTime) {
        this.thread = thread;
        this.turn = new Turn(nanoTime);
    }

    Thread thread() {
        return thread;
    }

    /** Begins a time slice: calls are made for that visitor from now on. */
    void beginSlice(Visitor of) {
        visitor = of;
    }

    /** Ends the time slice. A visit that was stuck in it is over, or is late by itself. */
    void endSlice() {
        settle();
        StuckVisit visit = stuck;
        if (visit != null) {
            stuck = null;
            visit.end();
        }
        VISITOR.setRelease(this, null);
    }

    /** The visit on this thread is stuck. The watch. */
    void stuckIn(StuckVisit visit) {
        stuck = visit;
    }

    /** Whether a time slice is under way. Any thread. */
    boolean isWorking() {
        return visitor != null;
    }

    /** Holds a shrinker against being freed, if it is registered and not being freed; one at a time. */
    boolean tryHold(ShrinkerEntry entry) {
        held = entry.serial();
        ShrinkerEntry left = leaving;
        if (left != null) {
            leaving = null;
            left.released();
        }
        if (entry.isRegistered()) {
            return true;
        }
        release(entry);
        settle();
        return false;
    }

    /** Lets go of it, and of nothing else until {@link #settle} or the next hold. */
    void release(ShrinkerEntry entry) {
        HELD.setRelease(this, NONE);
        leaving = entry;
    }

    /**
     * Ends the last release: looks whether somebody waits for it. After a volatile write, so that who frees the shrinker
     * sees that the mark is gone, or this thread sees that it is being freed. A release is one by itself only where no
     * other hold follows: one barrier a visit.
     */
    void settle() {
        ShrinkerEntry left = leaving;
        if (left != null) {
            held = NONE;
            leaving = null;
            left.released();
        }
    }

    /** Whether this thread holds the shrinker of that serial. Any thread. */
    boolean holds(long serial) {
        return held == serial;
    }

    /** A call to a shrinker begins. */
    void enter(ShrinkerEntry entry) {
        called = entry.serial();
        NUMBER.setRelease(this, (long) NUMBER.get(this) + 1);
    }

    /** A call to a trace listener begins. */
    void enter(Tracer.Listening listener) {
        listening = listener;
        NUMBER.setRelease(this, (long) NUMBER.get(this) + 1);
    }

    /**
     * It has ended. An interrupt that it leaves behind is not the next one's.
     *
     * @return whether the watch has found it slow
     */
    boolean leave() {
        Thread.interrupted();
        long now = (long) NUMBER.get(this);
        NUMBER.setRelease(this, now + 1);
        return slow == now;
    }

    /** The call to a trace listener has ended. True where the watch has found it slow. */
    boolean leaveListener() {
        listening = null;
        return leave();
    }

    /** Whether the last call, which has ended, was judged not to have come back by its deadline. */
    boolean wasOverdue() {
        return overdue == (long) NUMBER.get(this) - 1;
    }

    /** Odd inside a call. Any thread. */
    long number() {
        return number;
    }

    /**
     * What a thread is inside of.
     *
     * @param serial of the shrinker that is called, or in whose visit a listener is
     */
    record Inside(
            long serial,
            Tracer.@Nullable Listening listener,
            @Nullable Visitor visitor) {}

    /** What the call of this number is made to, and for; null where it has ended. The watch. */
    @Nullable
    Inside inside(long callNumber) {
        Inside inside = new Inside(called, listening, visitor);
        VarHandle.acquireFence();
        return number == callNumber ? inside : null;
    }

    /** The call of this number is slow. The watch. */
    void judgeSlow(long callNumber) {
        slow = callNumber;
    }

    /** The call of this number has not come back by its deadline. The watch. */
    void judgeOverdue(long callNumber) {
        overdue = callNumber;
    }

    void addScanned(long objects) {
        SCANNED.setRelease(this, Saturating.add((long) SCANNED.get(this), objects));
    }

    /** Objects scanned by this thread so far. Any thread. */
    long scanned() {
        return scanned;
    }

    void addFreedBytes(long bytes) {
        FREED.setRelease(this, Saturating.add((long) FREED.get(this), bytes));
    }

    /** Bytes freed by calls on this thread so far, but for what is given back at once. Any thread. */
    long freedBytes() {
        return freedBytes;
    }

    /** A run that is over, or null. */
    @Nullable
    PassRun takeSpare() {
        PassRun spare = spares;
        if (spare != null) {
            spares = spare.next;
            spare.next = null;
            spareCount--;
        }
        return spare;
    }

    /** Keeps a run that is over, unless there are many. */
    void keepSpare(PassRun run) {
        if (spareCount < MOST_SPARES) {
            run.next = spares;
            spares = run;
            spareCount++;
        }
    }

    /** This thread's sums of a round. */
    Tally.Cell cellOf(Tally sums) {
        Tally.Cell known = cell;
        if (known == null || tally != sums) {
            known = sums.cellOf(thread);
            tally = sums;
            cell = known;
        }
        return known;
    }
}
