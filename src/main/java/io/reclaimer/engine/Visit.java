package io.reclaimer.engine;

import io.reclaimer.engine.call.CallControl;
import io.reclaimer.engine.call.CallOwner;
import io.reclaimer.engine.call.PendingCall;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.unit.Fields;
import io.reclaimer.shrinker.Shrinker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One visit: a count, and the scans that follow from it, whether the shrinker replies at once or later. Reused for the
 * next visit of its iteration, unless it was late.
 *
 * <p>It ends whatever the shrinker does: by its replies, by a fault, or because the round is over.
 *
 * <p>Owned by one thread at a time. It begins with the visitor of its iteration. While it awaits a reply it has no
 * owner; its next owner is the visitor that takes the ended call out of the {@link
 * io.reclaimer.engine.call.CallQueues}. A late visit does not belong to an iteration any more; after a time slice its
 * next owner is the visitor that {@link #resume}s it. So a late visit goes on with a new visitor if the one before is
 * stuck.
 */
final class Visit implements CallOwner {

    /** The outcome of {@link #advance}. */
    enum Outcome {
        ENDED,
        /** There is more to do, after others have had a time slice. */
        SLICE_OVER,
        /** A reply is awaited. The visit may be owned by another thread by now. */
        WAITING
    }

    /** The event with which a {@link DirectVisit} ends and this goes on. */
    private enum Left {
        NOTHING,
        REPLY,
        EXCEPTION,
        SLICE_OVER
    }

    private static final VarHandle SUSPENDED =
            Fields.handle(MethodHandles.lookup(), Visit.class, "suspended", boolean.class);

    private final ShrinkerIteration iteration;
    private final EngineContext engine;
    private final VisitProgress progress;
    private CallControl control;
    private @Nullable Visitor visitor;

    /** Whether the hazard pointer of the owning thread holds the shrinker. A pending call holds it by itself. */
    private boolean held;

    /** A call that has ended and whose end is not taken yet. */
    private @Nullable PendingCall ended;

    /** Whether a call was found to be slow while it was under way. */
    private boolean markSlow;

    /** Whether it holds up others, and since when: since it first awaited a reply or a time slice. */
    private boolean heldUp;

    private long heldUpNanos;

    /** The event with which a {@link DirectVisit} ended, until it is taken. */
    private Left left = Left.NOTHING;

    private @Nullable Throwable thrown;
    private long asked;
    private long reply;
    private long nrScanned;
    private long bytes;

    /** Written under the lock of {@code this}. */
    private volatile boolean late;

    /** Whether a late one is between two time slices. */
    @SuppressWarnings("UnusedVariable") // through the handle
    private volatile boolean suspended;

    Visit(ShrinkerIteration iteration, EngineContext engine, CallControl control) {
        this.iteration = iteration;
        this.engine = engine;
        this.progress = new VisitProgress(engine);
        this.control = control;
    }

    /**
     * Begins a visit.
     *
     * @param isHeld whether the thread's hazard pointer holds the shrinker
     */
    void begin(ShrinkerEntry entry, PassRequest request, boolean isHeld, PassThread thread) {
        progress.begin(entry, request);
        progress.addVisit(thread);
        visitor = request.visitor();
        held = isHeld;
        markSlow = false;
        heldUp = false;
    }

    /** Begins where a {@link DirectVisit} has come to, of a shrinker that the thread's hazard pointer holds. */
    Visit takeOver(ShrinkerEntry entry, PassRequest request) {
        progress.begin(entry, request);
        visitor = request.visitor();
        held = true;
        heldUp = false;
        return this;
    }

    /** Scans were planned for that count. */
    Visit planned(long freeable, long owed, int seeks) {
        progress.planned(freeable, owed, seeks);
        return this;
    }

    /** So much was scanned and freed. */
    Visit done(long scanned, long freed) {
        progress.done(scanned, freed);
        return this;
    }

    /** The reply of the last call is yet to be taken. */
    Visit replied(long asked, long reply, long nrScanned, long bytes, boolean slow) {
        left = Left.REPLY;
        this.asked = asked;
        this.reply = reply;
        this.nrScanned = nrScanned;
        this.bytes = bytes;
        markSlow = slow;
        return this;
    }

    /** The exception of the last call is yet to be taken. */
    Visit threw(Throwable exception, boolean slow) {
        left = Left.EXCEPTION;
        thrown = exception;
        markSlow = slow;
        return this;
    }

    /** The time slice is over; {@code slow} if a trace listener was slow. */
    Visit sliceOver(boolean slow) {
        left = Left.SLICE_OVER;
        markSlow = slow;
        return this;
    }

    ShrinkerEntry entry() {
        return progress.entry();
    }

    /** Whether it began with that visitor. */
    boolean isOf(Visitor one) {
        return visitor == one;
    }

    ShrinkerIteration iteration() {
        return iteration;
    }

    /** Takes the call that it waited for, which has ended. Called by its owner. */
    void ended(PendingCall call) {
        ended = call;
    }

    @Override
    public boolean isHeldUpForLong(long nowNanos) {
        return markSlow
                || (heldUp
                        && nowNanos - heldUpNanos
                                >= engine.settings().calls().lateAfter().toNanos());
    }

    private void holdUp() {
        if (!heldUp) {
            heldUp = true;
            heldUpNanos = engine.nanoTime().getAsLong();
        }
    }

    boolean isLate() {
        return late;
    }

    /**
     * Makes it a late visit: its iteration goes on without it, and nobody else visits its shrinker here.
     *
     * @param isSuspended whether it is between two time slices; otherwise it awaits a reply
     */
    synchronized void detach(boolean isSuspended) {
        if (late) {
            return;
        }
        late = true;
        CgroupPerNode perNode = progress.perNode();
        control = new CallControl();
        control.in(perNode.path());
        perNode.enter();
        perNode.late().add(this, progress.work());
        suspended = isSuspended;
    }

    /** Takes a late visit that is between two time slices. True for one thread only. */
    boolean resume() {
        return SUSPENDED.compareAndSet(this, true, false);
    }

    /** Goes on until the visit or the time slice is over, or a reply is awaited. Called by its owner. */
    Outcome advance(PassThread thread) {
        ShrinkerEntry entry = progress.entry();
        if (left != Left.NOTHING) {
            if (!takeLeft(thread)) {
                return finish(thread);
            }
            if (isSliceOver(thread)) {
                return suspend(entry, thread);
            }
        } else if (!takeEnded(thread)) {
            return finish(thread);
        }
        while (progress.wantsCall(thread)) {
            Shrinker plain = entry.plain();
            if (plain != null) {
                if (!callNow(entry, plain, thread)) {
                    return finish(thread);
                }
            } else {
                PendingCall call = callLater(entry, thread);
                if (call == null) {
                    return Outcome.WAITING;
                }
                if (!progress.ended(call, thread)) {
                    return finish(thread);
                }
            }
            if (isSliceOver(thread)) {
                return suspend(entry, thread);
            }
        }
        return finish(thread);
    }

    private boolean isSliceOver(PassThread thread) {
        markSlow |= progress.takeSlowListener();
        return markSlow || (progress.isScanning() && thread.slice.isOverAfterCall());
    }

    /** Takes what a {@link DirectVisit} left. False if the visit ends by that. */
    private boolean takeLeft(PassThread thread) {
        Left was = left;
        left = Left.NOTHING;
        switch (was) {
            case REPLY:
                return (markSlow && thread.wasOverdue())
                        ? progress.wasOverdue(thread)
                        : progress.replied(asked, reply, nrScanned, bytes, thread);
            case EXCEPTION:
                Throwable exception = Objects.requireNonNull(thrown);
                thrown = null;
                return progress.threw(exception, thread);
            case SLICE_OVER:
            case NOTHING:
        }
        return true;
    }

    /** Takes the end of the call that it waited for, if there is one. False if the visit ends by that. */
    private boolean takeEnded(PassThread thread) {
        PendingCall call = ended;
        if (call == null) {
            return true;
        }
        ended = null;
        // A trace listener may be told; the shrinker that was visited before is not held meanwhile.
        thread.completeRelease();
        return progress.ended(call, thread);
    }

    /** Suspends it: its next time slice may be on another thread. */
    private Outcome suspend(ShrinkerEntry entry, PassThread thread) {
        release(entry, thread);
        holdUp();
        if (late) {
            markSlow = false;
            suspended = true;
        }
        return Outcome.SLICE_OVER;
    }

    /** Ends the visit where it is; its remainder stays deferred. Called by its owner, while no reply is awaited. */
    void abort(PassThread thread) {
        PendingCall call = ended;
        ended = null;
        // A reply that has come counts, because the objects are freed.
        if (call == null || progress.ended(call, thread)) {
            progress.stop(thread);
        }
        finish(thread);
    }

    /** Calls a shrinker that replies later. Returns the call if it has ended; null if it is awaited. */
    private @Nullable PendingCall callLater(ShrinkerEntry entry, PassThread thread) {
        release(entry, thread);
        // No shrinker is held while this one is called; the call holds it.
        thread.completeRelease();
        holdUp();
        CgroupPerNode perNode = progress.perNode();
        PendingCall call = PendingCall.visiting(entry, perNode, this, progress.work(), progress.asked());
        return perNode.queues().make(call) ? call : null;
    }

    /** Calls a shrinker that replies at once. True if the visit goes on. */
    private boolean callNow(ShrinkerEntry entry, Shrinker plain, PassThread thread) {
        if (!held) {
            held = thread.tryHold(entry);
            if (!held) {
                // It is being freed.
                return progress.stop(thread);
            }
        }
        long asked = progress.asked();
        long reply;
        thread.enter(entry);
        try {
            control.prepare(entry.nodeFor(progress.perNode().node()), progress.work(), asked);
            reply = progress.isScanning() ? plain.scan(control) : plain.count(control);
        } catch (Throwable thrown) {
            markSlow |= thread.leave();
            return progress.threw(thrown, thread);
        }
        if (thread.leave()) {
            markSlow = true;
            if (thread.wasOverdue()) {
                return progress.wasOverdue(thread);
            }
        }
        return progress.replied(asked, reply, control.nrScanned(), control.bytes(), thread);
    }

    private Outcome finish(PassThread thread) {
        ShrinkerEntry entry = progress.entry();
        long freed = progress.freed();
        release(entry, thread);
        if (late) {
            if (freed > 0) {
                progress.work().details().add(progress.perNode().cgroup(), entry, freed);
            }
            progress.perNode().late().remove(this);
            progress.perNode().exit();
        } else if (freed > 0) {
            // An iteration reports all that its visits freed at once.
            iteration.noteFreed(entry, freed);
        }
        progress.forget();
        return Outcome.ENDED;
    }

    private void release(ShrinkerEntry entry, PassThread thread) {
        if (held) {
            held = false;
            thread.release(entry);
        }
    }
}
