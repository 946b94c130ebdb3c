package io.reclaimer.engine;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call to a shrinker that answers later, and what it is asked with. Thread-safe where nothing else is said.
 *
 * <p>It ends once: by the first answer, or by being given up, whichever comes first; one atomic step decides. An end is put
 * into the pair's {@link CallLanes}, except where the answer is there when the call has been made. A second answer is a
 * fault, and one to a call that was given up is counted as late; both change nothing else.
 *
 * <p>It holds its shrinker from its start to its end, whoever ends it, so that nobody who frees the shrinker waits for the pair.
 */
final class Call implements RemoteCall {

    /** What the call is made for. */
    sealed interface Owner permits VisitRun, Reparenting, UnawaitedReparent {}

    /** How a call ended. */
    sealed interface End {}

    /** It was answered. */
    record Answered(long answer, long nrScanned, long freedBytes) implements End {}

    /** It threw. */
    record Thrown(Throwable thrown) implements End {}

    /** What else there is to say of it. */
    enum Unanswered implements End {
        /** It was not answered by its deadline. */
        OVERDUE,
        /** It was not made, and needs not be any more. */
        NOT_MADE
    }

    /** Not ended yet. */
    private enum Open implements End {
        BEING_MADE,
        AWAITED
    }

    final ShrinkerEntry entry;
    final Pair pair;
    final Owner owner;
    private final Kind kind;
    private final CgroupPath parent;
    private final Published published;
    private final @Nullable RoundWork work;
    private final int node;
    private final long nrToScan;

    /** The shrinker's threads', until it answers. */
    private volatile long nrScanned;

    private volatile long freedBytes = -1;

    private final AtomicReference<End> end = new AtomicReference<>(Open.BEING_MADE);

    /** When it was about to be made, by the engine's clock. */
    private final long newNanos;

    /** When a thread began with it, by the engine's clock; set before {@code begun}. */
    private long beginNanos;

    private volatile boolean begun;

    /** Whether the visitor was told that it waits for long; the watch's alone. */
    private boolean lateWasTold;

    /** Whether it has or had the lane of its shrinker; guarded by the pair's {@link CallLanes}. */
    boolean hadItsTurn;

    /** Whether it holds the shrinker: taken back by whoever ends it, or by who starts what has ended meanwhile. */
    private final AtomicBoolean holds = new AtomicBoolean();

    /** Its number among all calls; 0 where nobody watches it. */
    private final long number;

    private Call(
            Kind kind,
            ShrinkerEntry entry,
            Pair pair,
            Owner owner,
            CgroupPath parent,
            Published published,
            @Nullable RoundWork work,
            long nrToScan) {
        this.kind = kind;
        this.entry = entry;
        this.pair = pair;
        this.owner = owner;
        this.parent = parent;
        this.published = published;
        this.number = published.pendingCalls().newNumber();
        this.newNanos = published.nanoTime().getAsLong();
        this.work = work;
        this.node = entry.nodeFor(pair.node());
        this.nrToScan = nrToScan;
        this.nrScanned = nrToScan;
    }

    /** A count where {@code nrToScan} is 0, otherwise a scan. */
    static Call visiting(
            ShrinkerEntry entry, Pair pair, Owner owner, Published published, RoundWork work, long nrToScan) {
        return new Call(
                nrToScan == 0 ? Kind.COUNT : Kind.SCAN,
                entry,
                pair,
                owner,
                pair.cgroup().path(),
                published,
                work,
                nrToScan);
    }

    static Call reparenting(ShrinkerEntry entry, Pair pair, Owner owner, Published published, CgroupPath parent) {
        return new Call(Kind.REPARENT, entry, pair, owner, parent, published, null, 0);
    }

    @Override
    public CgroupPath cgroup() {
        return pair.cgroup().path();
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
        return work == null ? Long.MAX_VALUE : work.mostBytes();
    }

    @Override
    public Set<ReclaimFlag> flags() {
        return work == null ? Set.of() : work.flags();
    }

    @Override
    public boolean isCancelled() {
        return work != null && work.isStopped();
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public CgroupPath parent() {
        return parent;
    }

    /** Makes it, unless it has ended or needs not be made any more. A visitor, when it is the call's turn. */
    void start() {
        if (isOver()) {
            return;
        }
        if (needsNotBeMade() || !entry.holds().tryHold()) {
            dropped();
            return;
        }
        holds.set(true);
        if (isOver()) {
            // It was given up in that moment. Whoever did that looks at the hold after the end, and this looks at the
            // end after the hold, so one of the two lets go.
            letGo();
            return;
        }
        entry.make(this);
    }

    /**
     * Whether to begin with it is too late: its round is over, its shrinker is being freed, or a visit would call a shrinker
     * that is stuck. A reparent is called even then, where a thread is free: later nobody would ask for these objects.
     */
    boolean needsNotBeMade() {
        return isCancelled() || entry.isFreeing() || (kind != Kind.REPARENT && entry.isStuck());
    }

    private void letGo() {
        if (holds.compareAndSet(true, false)) {
            entry.release();
        }
    }

    @Override
    public void begins() {
        beginNanos = published.nanoTime().getAsLong();
        begun = true;
    }

    @Override
    public boolean isOver() {
        return !(end() instanceof Open);
    }

    @Override
    public void answer(long answer) {
        end(new Answered(answer, nrScanned, freedBytes));
    }

    @Override
    public void fail(Throwable thrown) {
        end(new Thrown(thrown));
    }

    @Override
    public void dropped() {
        end(Unanswered.NOT_MADE);
    }

    private void end(End how) {
        while (true) {
            End before = end.get();
            if (before instanceof Open) {
                if (end.compareAndSet(before, how)) {
                    hasEnded(before);
                    return;
                }
            } else if (before == Unanswered.OVERDUE) {
                entry.faults().late();
                if (kind == Kind.REPARENT && how != Unanswered.NOT_MADE) {
                    hasMovedLate();
                }
                return;
            } else if (how != Unanswered.NOT_MADE) {
                entry.faults().fault("its " + kind.word() + " was answered a second time", pair.toString(), null);
                return;
            } else {
                return;
            }
        }
    }

    /**
     * Objects may have come to a cgroup above after all, where a visit has found none of them since the call was given up, and
     * cleared the bit.
     */
    private void hasMovedLate() {
        CgroupHandle above = pair.cgroup().nearestOnline();
        above.setBit(pair.node(), entry);
    }

    private void hasEnded(End before) {
        letGo();
        if (before == Open.AWAITED) {
            published.pendingCalls().remove(number);
            if (owner instanceof UnawaitedReparent reparent) {
                reparent.ended(this);
            } else {
                pair.lanes().ended(this);
            }
        }
    }

    /** It has been made, or waits for its turn. True where it has not ended, and its end will be told. A visitor. */
    boolean isToBeAwaited() {
        // Before the step, so that whoever ends it finds it.
        published.pendingCalls().add(number, this);
        if (end.compareAndSet(Open.BEING_MADE, Open.AWAITED)) {
            return true;
        }
        published.pendingCalls().remove(number);
        return false;
    }

    /**
     * Gives it up where its time is over, or where it has not begun and needs not be made any more. A call that has not begun
     * by its deadline, as all threads for blocking calls are busy, goes on waiting: a visit while its round does, a reparent
     * unless its shrinker is stuck. The watch.
     */
    void look(long nowNanos) {
        if (!lateWasTold && owner instanceof VisitRun visit && visit.isHeldUpForLong(nowNanos)) {
            lateWasTold = true;
            pair.visitor().tell(CgroupNode.LookForLate.INSTANCE);
        }
        if (!begun) {
            if (needsNotBeMade() || (entry.isStuck() && isOverdueSince(newNanos, nowNanos))) {
                giveUp(Unanswered.NOT_MADE);
            }
        } else if (isOverdueSince(beginNanos, nowNanos)) {
            giveUp(Unanswered.OVERDUE);
        }
    }

    private boolean isOverdueSince(long nanos, long nowNanos) {
        return nowNanos - nanos >= entry.callDeadline().toNanos();
    }

    private void giveUp(Unanswered why) {
        if (end.compareAndSet(Open.AWAITED, why)) {
            // Before the hold is let go: one that is overdue goes on holding its thread.
            entry.giveUp(this);
            hasEnded(Open.AWAITED);
        }
    }

    /** Whether a thread began with it. */
    boolean hasBegun() {
        return begun;
    }

    /** How long ago it began, which it has. */
    long nanosSinceBegin() {
        return published.nanoTime().getAsLong() - beginNanos;
    }

    /** Whether a thread began with it before then. */
    boolean hasBegunBefore(long nanos) {
        return begun && beginNanos - nanos < 0;
    }

    /** How it ended. */
    End end() {
        return Objects.requireNonNull(end.get());
    }
}
