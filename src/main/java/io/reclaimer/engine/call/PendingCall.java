package io.reclaimer.engine.call;

import io.reclaimer.shrinker.CgroupPath;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call to a shrinker that replies later, and the control that the shrinker is given. Thread-safe, except for
 * methods that name their caller.
 *
 * <p>It ends once: by the first reply or by being given up, whichever comes first; one atomic step decides. Its {@link
 * CallOwner} is told of the end, unless the call ends while it is being made. A second reply is a fault. A reply to a
 * call that was given up is counted as late. Neither has another effect, except that a late reparent sets the bit
 * again.
 *
 * <p>It holds its shrinker from its start to its end, whoever ends it, so freeing the shrinker waits for no visitor.
 */
public final class PendingCall extends CallControl {

    /** The question to the shrinker. */
    public enum Kind {
        COUNT,
        SCAN,
        REPARENT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final ShrinkerEntry entry;
    private final CallSite site;
    private final CallOwner owner;
    private final CallContext context;

    /** The cgroup that the objects of a reparent move to; null for other calls. */
    private final @Nullable CgroupPath parent;

    /** Its number among all calls. */
    private final long number;

    /** When it was about to be made. */
    private final long newNanos;

    private final AtomicReference<CallEnd> end = new AtomicReference<>(CallEnd.Open.BEING_MADE);

    /** When a thread began with it; written before {@link #begun}. */
    private long beginNanos;

    private volatile boolean begun;

    /** Whether the visitor was told that the call has taken long. Confined to the watchdog. */
    private boolean lateWasTold;

    /** Whether it was first in the queue of its shrinker. Guarded by the {@link CallQueues} of its site. */
    boolean wasFirst;

    /**
     * Whether it holds the shrinker. Cleared by the thread that ends it, or by the one that starts it if it has ended
     * meanwhile.
     */
    private final AtomicBoolean holds = new AtomicBoolean();

    private PendingCall(
            ShrinkerEntry entry,
            CallSite site,
            CallOwner owner,
            RoundLimits limits,
            long nrToScan,
            @Nullable CgroupPath parent) {
        this.entry = entry;
        this.site = site;
        this.owner = owner;
        this.context = entry.context();
        in(site.path());
        prepare(entry.nodeFor(site.node()), limits, nrToScan);
        this.parent = parent;
        this.number = context.pendingCalls().newNumber();
        this.newNanos = context.nanoTime().getAsLong();
    }

    /** Makes a count if {@code nrToScan} is 0, otherwise a scan. */
    public static PendingCall visiting(
            ShrinkerEntry entry, CallSite site, CallOwner owner, RoundLimits limits, long nrToScan) {
        return new PendingCall(entry, site, owner, limits, nrToScan, null);
    }

    /** Makes a reparent to {@code parent}. */
    public static PendingCall reparenting(ShrinkerEntry entry, CallSite site, CallOwner owner, CgroupPath parent) {
        return new PendingCall(entry, site, owner, RoundLimits.NONE, 0, parent);
    }

    public Kind kind() {
        if (parent != null) {
            return Kind.REPARENT;
        }
        return nrToScan() == 0 ? Kind.COUNT : Kind.SCAN;
    }

    /** The cgroup that the objects of a reparent move to. */
    public CgroupPath parent() {
        return Objects.requireNonNull(parent);
    }

    public ShrinkerEntry entry() {
        return entry;
    }

    public CallSite site() {
        return site;
    }

    public CallOwner owner() {
        return owner;
    }

    /**
     * Makes the call, unless it has ended or need not be made any more. Called by a visitor, when it is first in its
     * queue.
     */
    public void start() {
        if (isOver()) {
            return;
        }
        if (needNotBeMade() || !entry.references().tryHold()) {
            drop();
            return;
        }
        holds.set(true);
        if (isOver()) {
            // It was given up in that moment. The other thread writes the end and then reads the hold; this one writes
            // the hold and then reads the end. So one of the two releases it.
            release();
            return;
        }
        entry.make(this);
    }

    /**
     * Whether it is too late to begin with it: its round is over, its shrinker is being freed, or a visit would call a
     * shrinker that is stuck. A reparent is made even then, as soon as a thread is free: nobody would ask for these
     * objects later.
     */
    boolean needNotBeMade() {
        return isCancelled() || entry.isFreeing() || (kind() != Kind.REPARENT && entry.isStuck());
    }

    /**
     * Whether it moves nothing and is answered with 0 in place of its shrinker: see {@link
     * CallOwner#isPathOnlineAgain}. Asked right before the shrinker is called.
     */
    public boolean isPathOnlineAgain() {
        return owner.isPathOnlineAgain();
    }

    private void release() {
        if (holds.compareAndSet(true, false)) {
            entry.release();
        }
    }

    /** Marks that a thread, or an actor, begins with it now. */
    public void begin() {
        beginNanos = now();
        begun = true;
    }

    /** Whether nobody awaits it any more. */
    public boolean isOver() {
        return !(end() instanceof CallEnd.Open);
    }

    /** Takes the reply of the shrinker. */
    public void reply(long value) {
        end(new CallEnd.Replied(value, nrScanned(), bytes()));
    }

    /** Takes what the shrinker threw. */
    public void fail(Throwable thrown) {
        end(new CallEnd.Failed(thrown));
    }

    /** Ends it without making it, because nobody needs it any more. */
    public void drop() {
        end(CallEnd.NoReply.NOT_MADE);
    }

    private void end(CallEnd how) {
        while (true) {
            CallEnd before = end.get();
            if (before instanceof CallEnd.Open) {
                if (end.compareAndSet(before, how)) {
                    hasEnded(before);
                    return;
                }
            } else if (before == CallEnd.NoReply.OVERDUE) {
                entry.faults().recordLateReply();
                if (kind() == Kind.REPARENT && how != CallEnd.NoReply.NOT_MADE) {
                    site.objectsMovedLate(entry);
                }
                return;
            } else if (how != CallEnd.NoReply.NOT_MADE) {
                entry.faults().recordFault("its " + kind() + " was answered a second time", site.toString(), null);
                return;
            } else {
                return;
            }
        }
    }

    private void hasEnded(CallEnd before) {
        release();
        if (before == CallEnd.Open.AWAITED) {
            context.pendingCalls().remove(number);
            owner.callHasEnded(this);
        }
    }

    /**
     * Begins to await the call, which has been made or waits in a queue. Called by a visitor.
     *
     * @return false if it has ended already; otherwise its owner will be told of its end
     */
    public boolean await() {
        // Before the step, so that whoever ends it finds it.
        context.pendingCalls().add(number, this);
        if (end.compareAndSet(CallEnd.Open.BEING_MADE, CallEnd.Open.AWAITED)) {
            return true;
        }
        context.pendingCalls().remove(number);
        return false;
    }

    /**
     * Gives it up if it is past its deadline, or has not begun and need not be made any more. Called by the watchdog.
     *
     * <p>A call that has not begun by its deadline goes on waiting, because all threads for blocking calls are busy: a
     * visit as long as its round lasts, a reparent unless its shrinker is stuck.
     */
    void check(long nowNanos) {
        if (!lateWasTold && owner.isHeldUpForLong(nowNanos)) {
            lateWasTold = true;
            site.visitMayBeLate();
        }
        boolean hasBegun = begun;
        boolean overdue = nowNanos - (hasBegun ? beginNanos : newNanos)
                >= entry.callDeadline().toNanos();
        if (hasBegun && overdue) {
            giveUp(CallEnd.NoReply.OVERDUE);
        } else if (!hasBegun && (needNotBeMade() || (entry.isStuck() && overdue))) {
            giveUp(CallEnd.NoReply.NOT_MADE);
        }
    }

    private void giveUp(CallEnd.NoReply why) {
        if (end.compareAndSet(CallEnd.Open.AWAITED, why)) {
            // Before the release: an overdue call still holds the shrinker by its thread.
            entry.giveUp(this);
            hasEnded(CallEnd.Open.AWAITED);
        }
    }

    /** Whether a thread, or an actor, began with it. */
    public boolean hasBegun() {
        return begun;
    }

    /** The time since it began, in nanoseconds. Called only after it has begun. */
    long nanosSinceBegin() {
        return now() - beginNanos;
    }

    /** Whether it began before {@code nanos}. */
    boolean hasBegunBefore(long nanos) {
        return begun && beginNanos - nanos < 0;
    }

    /** Its end, or its state if it has not ended. */
    public CallEnd end() {
        return Objects.requireNonNull(end.get());
    }

    private long now() {
        return context.nanoTime().getAsLong();
    }
}
