package io.reclaimer.engine.call;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call to a shrinker that replies later, and the control that the shrinker is given. Thread-safe where a method
 * says nothing else.
 *
 * <p>It ends once: by the first reply, or by being given up, whichever comes first; one atomic step decides. Its
 * {@link CallOwner} hears of the end, except where it has ended by the time that it has been made. A second reply is a
 * fault, a reply to a call that was given up is counted as late; neither changes anything else.
 *
 * <p>It holds its shrinker from its start to its end, whoever ends it, so freeing the shrinker waits for no visitor.
 */
public final class PendingCall implements ShrinkControl {

    /** What the shrinker is asked. */
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
    private final RoundLimits limits;
    private final int node;
    private final long nrToScan;

    /** Of a reparent, the cgroup that the objects move to; otherwise null. */
    private final @Nullable CgroupPath parent;

    /** Its number among all calls. */
    private final long number;

    /** When it was about to be made. */
    private final long newNanos;

    /** Written by the shrinker's threads until they reply. */
    private volatile long nrScanned;

    private volatile long freedBytes = -1;

    private final AtomicReference<CallEnd> end = new AtomicReference<>(CallEnd.Open.BEING_MADE);

    /** When a thread began with it; written before {@link #begun}. */
    private long beginNanos;

    private volatile boolean begun;

    /** Whether the visitor was told that it waits for long. Confined to the watchdog. */
    private boolean lateWasTold;

    /** Whether it was first in the queue of its shrinker. Guarded by the {@link CallQueues} of its site. */
    boolean wasFirst;

    /**
     * Whether it holds the shrinker. Cleared by whoever ends it, or by whoever starts it where it has ended meanwhile.
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
        this.limits = limits;
        this.node = entry.nodeFor(site.node());
        this.nrToScan = nrToScan;
        this.nrScanned = nrToScan;
        this.parent = parent;
        this.number = context.pendingCalls().newNumber();
        this.newNanos = context.nanoTime().getAsLong();
    }

    /** A count where {@code nrToScan} is 0, otherwise a scan. */
    public static PendingCall visiting(
            ShrinkerEntry entry, CallSite site, CallOwner owner, RoundLimits limits, long nrToScan) {
        return new PendingCall(entry, site, owner, limits, nrToScan, null);
    }

    /** A reparent to {@code parent}. */
    public static PendingCall reparenting(ShrinkerEntry entry, CallSite site, CallOwner owner, CgroupPath parent) {
        return new PendingCall(entry, site, owner, RoundLimits.NONE, 0, parent);
    }

    public Kind kind() {
        if (parent != null) {
            return Kind.REPARENT;
        }
        return nrToScan == 0 ? Kind.COUNT : Kind.SCAN;
    }

    /** Of a reparent, the cgroup that the objects move to. */
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

    @Override
    public CgroupPath cgroup() {
        return site.path();
    }

    @Override
    public int node() {
        return node;
    }

    @Override
    public long nrToScan() {
        return nrToScan;
    }

    @Override
    public long nrScanned() {
        return nrScanned;
    }

    @Override
    public void nrScanned(long objects) {
        nrScanned = objects;
    }

    @Override
    public void freedBytes(long bytes) {
        freedBytes = bytes;
    }

    @Override
    public long mostBytes() {
        return limits.mostBytes();
    }

    @Override
    public Set<ReclaimFlag> flags() {
        return limits.flags();
    }

    @Override
    public boolean isCancelled() {
        return limits.isStopped();
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
            // It was given up in that moment. Whoever did that looks at the hold after the end, and this looks at the
            // end after the hold, so one of the two releases it.
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

    private void release() {
        if (holds.compareAndSet(true, false)) {
            entry.release();
        }
    }

    /** Says that a thread, or an actor, begins with it now. */
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
        end(new CallEnd.Replied(value, nrScanned, freedBytes));
    }

    /** Takes what the shrinker threw. */
    public void fail(Throwable thrown) {
        end(new CallEnd.Failed(thrown));
    }

    /** Ends it unmade, as nobody needs it any more. */
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
                entry.faults().late();
                if (kind() == Kind.REPARENT && how != CallEnd.NoReply.NOT_MADE) {
                    site.objectsMovedLate(entry);
                }
                return;
            } else if (how != CallEnd.NoReply.NOT_MADE) {
                entry.faults().fault("its " + kind() + " was answered a second time", site.toString(), null);
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
     * @return false where it has ended already; otherwise its owner will hear of its end
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
     * Gives it up where it is past its deadline, or where it has not begun and need not be made any more. Called by the
     * watchdog.
     *
     * <p>A call that has not begun by its deadline, as all threads for blocking calls are busy, goes on waiting: a
     * visit while its round does, a reparent unless its shrinker is stuck.
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
            // Before the release: one that is overdue keeps holding the shrinker by its thread.
            entry.giveUp(this);
            hasEnded(CallEnd.Open.AWAITED);
        }
    }

    /** Whether a thread, or an actor, began with it. */
    public boolean hasBegun() {
        return begun;
    }

    /** How long ago it began, which it has. */
    long nanosSinceBegin() {
        return now() - beginNanos;
    }

    /** Whether it began before then. */
    boolean hasBegunBefore(long nanos) {
        return begun && beginNanos - nanos < 0;
    }

    /** How it ended, or that it has not. */
    public CallEnd end() {
        return Objects.requireNonNull(end.get());
    }

    private long now() {
        return context.nanoTime().getAsLong();
    }
}
