package io.reclaimer.engine;

import io.reclaimer.shrinker.Shrinker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One visit: count, and the scans that follow from it, whether the shrinker answers at once or later. Used again for the next
 * visit of its walk, unless it was late.
 *
 * <p>Whatever the shrinker does, the visit ends: by its answers, by a fault, or because the round is over.
 *
 * <p>Owned by one thread at a time. It begins with the visitor of its walk. While it waits for an answer nobody owns it; then
 * it belongs to the visitor that takes the ended call out of the pair's {@link CallLanes}. A visit that is late is no walk's
 * any more, and between two time slices it belongs to the visitor that {@link #resume}s it. So a late visit goes on with the
 * pair's new visitor where the one before is stuck.
 */
final class VisitRun implements Call.Owner {

    /** What advancing came to. */
    enum Outcome {
        ENDED,
        /** There is more to do, and others have their turn first. */
        SLICE_OVER,
        /** An answer is awaited. The visit may belong to another thread by now. */
        WAITING
    }

    private static final VarHandle SUSPENDED;

    static {
        try {
            SUSPENDED = MethodHandles.lookup().findVarHandle(VisitRun.class, "suspended", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Walk walk;
    private final Published published;
    private final VisitProgress progress;
    private PassControl control;
    private @Nullable Visitor visitor;

    /** Whether the mark of the thread that owns it holds the shrinker. A call that is answered later holds it by itself. */
    private boolean marked;

    /** Ended, and not looked at yet. */
    private @Nullable Call ended;

    /** Whether a call was found to be slow while it was under way. */
    private boolean overslept;

    /** Whether it was held up so far, by an answer that is awaited or by the end of a time slice, and since when. */
    private boolean heldUp;

    private long heldUpNanos;

    /** Written under this object's lock. */
    private volatile boolean late;

    /** Of a late one: whether it is between two time slices. */
    @SuppressWarnings("UnusedVariable") // through the handle
    private volatile boolean suspended;

    VisitRun(Walk walk, Published published, PassControl control) {
        this.walk = walk;
        this.published = published;
        this.progress = new VisitProgress(published);
        this.control = control;
    }

    /**
     * Begins a visit.
     *
     * @param isMarked whether the thread's mark holds the shrinker
     */
    void begin(ShrinkerEntry entry, PairPass pass, boolean isMarked, CallMark mark) {
        progress.begin(entry, pass, mark);
        visitor = pass.visitor();
        marked = isMarked;
        overslept = false;
        heldUp = false;
    }

    ShrinkerEntry entry() {
        return progress.entry();
    }

    /** With which visitor it began. */
    boolean isOf(Visitor one) {
        return visitor == one;
    }

    Walk walk() {
        return walk;
    }

    /** The call that it waited for has ended. By whom it belongs to now. */
    void ended(Call call) {
        ended = call;
    }

    /** Whether others have waited for it for longer than they are to. */
    boolean isHeldUpForLong(long nowNanos) {
        return overslept
                || (heldUp
                        && nowNanos - heldUpNanos
                                >= published.settings().lateAfter().toNanos());
    }

    private void holdUp() {
        if (!heldUp) {
            heldUp = true;
            heldUpNanos = published.nanoTime().getAsLong();
        }
    }

    boolean isLate() {
        return late;
    }

    /**
     * From now on nobody waits for it: its walk goes on, and its shrinker is not visited in the pair by anybody else.
     *
     * @param isSuspended whether it is between two time slices; otherwise it waits for an answer
     */
    synchronized void becomeLate(boolean isSuspended) {
        if (late) {
            return;
        }
        late = true;
        Pair pair = progress.pair();
        control = new PassControl();
        control.in(pair);
        pair.enter();
        pair.late().add(this, progress.work());
        suspended = isSuspended;
    }

    /** Takes a late one that is between two time slices. True for one taker only. */
    boolean resume() {
        return SUSPENDED.compareAndSet(this, true, false);
    }

    /** Goes on until the visit or the time slice is over, or an answer is awaited. By whom it belongs to. */
    Outcome advance(CallMark mark) {
        Call call = ended;
        if (call != null) {
            ended = null;
            // A listener is told, maybe; the shrinker that was visited before is not to be held meanwhile.
            mark.settle();
            if (!progress.ended(call, mark)) {
                return finish(mark);
            }
        }
        ShrinkerEntry entry = progress.entry();
        while (progress.wantsCall(mark)) {
            long asked = progress.asked();
            Shrinker plain = entry.plain();
            if (plain == null) {
                letGo(entry, mark);
                // Nor while this one is called, which is held by the call.
                mark.settle();
                holdUp();
                Call next = Call.visiting(entry, progress.pair(), this, published, progress.work(), asked);
                if (!progress.pair().lanes().make(next)) {
                    return Outcome.WAITING;
                }
                if (!progress.ended(next, mark)) {
                    return finish(mark);
                }
            } else if (!callNow(entry, plain, asked, mark)) {
                return finish(mark);
            }
            overslept |= progress.tookSlowListener();
            if (overslept || (progress.isScanning() && mark.turn.isOver())) {
                return suspend(entry, mark);
            }
        }
        return finish(mark);
    }

    /** The next time slice may be on another thread. */
    private Outcome suspend(ShrinkerEntry entry, CallMark mark) {
        letGo(entry, mark);
        holdUp();
        if (late) {
            overslept = false;
            suspended = true;
        }
        return Outcome.SLICE_OVER;
    }

    /** Ends the visit where it is; what it did not do stays owed. By whom it belongs to, and not while an answer is awaited. */
    void abort(CallMark mark) {
        Call call = ended;
        ended = null;
        // An answer that has come is taken: what it says was freed is free.
        if (call == null || progress.ended(call, mark)) {
            progress.stop(mark);
        }
        finish(mark);
    }

    /** Calls a shrinker that answers at once. True where the visit goes on. */
    private boolean callNow(ShrinkerEntry entry, Shrinker plain, long asked, CallMark mark) {
        if (!marked) {
            marked = mark.tryHold(entry);
            if (!marked) {
                // It is being freed.
                return progress.stop(mark);
            }
        }
        long answer;
        mark.enter(entry);
        try {
            control.prepare(entry, progress.work(), asked);
            answer = progress.isScanning() ? plain.scan(control) : plain.count(control);
        } catch (Throwable thrown) {
            overslept |= mark.leave();
            return progress.threw(thrown, mark);
        }
        if (mark.leave()) {
            overslept = true;
            if (mark.wasOverdue()) {
                return progress.wasOverdue(mark);
            }
        }
        return progress.answered(asked, answer, control.nrScanned(), control.freedBytes(), mark);
    }

    private Outcome finish(CallMark mark) {
        ShrinkerEntry entry = progress.entry();
        long freed = progress.freed();
        letGo(entry, mark);
        if (late) {
            if (freed > 0) {
                progress.work().details().add(progress.pair().cgroup(), entry, freed);
            }
            progress.pair().late().remove(this);
            progress.pair().exit();
        } else if (freed > 0) {
            // A walk notes all that it frees at once.
            walk.noteFreed(entry, freed);
        }
        progress.forget();
        return Outcome.ENDED;
    }

    private void letGo(ShrinkerEntry entry, CallMark mark) {
        if (marked) {
            marked = false;
            mark.release(entry);
        }
    }
}
