package io.reclaimer.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What one thread that runs visits is at: which shrinker it holds for a visit, which one it is calling right now, and how
 * many objects it had scanned. Written by that thread alone, so a visit shares no written memory with visits on other
 * threads; read by whoever frees a shrinker, and by the {@link CallWatch}.
 *
 * <p>The hold: it is marked first, then the thread looks whether the shrinker may be held; who frees it says so first, and
 * then looks at the marks. All are volatile, so at least one of the two sees the other. Who lets go of a shrinker and finds
 * that it is being freed tells its guard to look again (HoldsTest tries to get between).
 *
 * <p>The call: {@code number} is odd inside a call and rises with each step; {@code called} is written before it turns
 * odd. The watch judges a number that it has seen for longer than a call may take, and says so in {@code judged}. Where
 * the call ends at that very moment its answer may count although it was called late: harmless, and cheaper than an
 * atomic exchange at every call.
 */
final class CallMark {

    private static final VarHandle NUMBER;
    private static final VarHandle SCANNED;
    private static final VarHandle HELD;

    static {
        try {
            NUMBER = MethodHandles.lookup().findVarHandle(CallMark.class, "number", long.class);
            HELD = MethodHandles.lookup().findVarHandle(CallMark.class, "held", long.class);
            SCANNED = MethodHandles.lookup().findVarHandle(CallMark.class, "scanned", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The serial of no shrinker. */
    private static final long NONE = 0;

    /** As many as a deep tree needs at a time. */
    private static final int MOST_SPARES = 64;

    private final Thread thread;

    /** Serials, not references: no collector wants to hear of these writes. */
    private volatile long held = NONE;

    /** Let go of, but nobody was told yet. */
    private @Nullable ShrinkerEntry leaving;

    private long called = NONE;

    @SuppressWarnings("UnusedVariable") // written through the handle
    private volatile long number;

    private volatile long judged;

    private volatile long scanned;

    /** Where this thread's sums of a round are; looked up again when it works for another one. */
    private @Nullable Tally tally;

    private Tally.@Nullable Cell cell;

    /** Runs that are over, for the next passes; so what they use is in this core's cache. This thread's alone. */
    private @Nullable PassRun spares;

    private int spareCount;

    /** What the watch has seen; the watch's alone. */
    long seenNumber;

    long seenSinceNanos;
    int seenTimes;

    @Nullable
    ShrinkerEntry stuck;

    CallMark(Thread thread) {
        this.thread = thread;
    }

    Thread thread() {
        return thread;
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

    /** Turns the hold into a counted one, which belongs to no thread. */
    void moveToCount(ShrinkerEntry entry) {
        // In this order: who looks at the marks, and then at the count, sees one of them.
        entry.holdAgain();
        held = NONE;
    }

    /** Whether this thread holds the shrinker of that serial. Any thread. */
    boolean holds(long serial) {
        return held == serial;
    }

    /** A call begins. */
    void enter(ShrinkerEntry entry) {
        called = entry.serial();
        NUMBER.setRelease(this, (long) NUMBER.get(this) + 1);
    }

    /** It has ended. True where the watch has judged it overdue. */
    boolean leave() {
        long now = (long) NUMBER.get(this);
        NUMBER.setRelease(this, now + 1);
        return judged == now;
    }

    /** Odd inside a call. Any thread. */
    long number() {
        return number;
    }

    /** The serial of the shrinker that the call of this number is for; of none where it has ended. The watch. */
    long calledIn(long callNumber) {
        long serial = called;
        VarHandle.acquireFence();
        return number == callNumber ? serial : NONE;
    }

    /** The call of this number is overdue. The watch. */
    void judge(long callNumber) {
        judged = callNumber;
    }

    void addScanned(long objects) {
        SCANNED.setRelease(this, Saturating.add((long) SCANNED.get(this), objects));
    }

    /** Objects scanned by this thread so far. Any thread. */
    long scanned() {
        return scanned;
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
