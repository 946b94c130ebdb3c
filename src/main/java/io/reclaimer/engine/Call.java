package io.reclaimer.engine;

import akka.actor.Cancellable;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One call to a shrinker that answers later, and what it is asked with.
 *
 * <p>It ends once: by the first answer, or by being given up, whichever comes first; one atomic step decides. The pair's
 * actor hears of an answer by a message, except where the answer is there when the call has been made. A second answer
 * is a fault, and one to a call that was given up is counted as late; both change nothing else.
 */
final class Call implements RemoteCall {

    /** Who hears of the end, in the pair's actor. */
    interface Owner {
        void ended(Call call);
    }

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
    private final LongSupplier nanoTime;
    private final @Nullable RoundWork work;
    private final int node;
    private final long nrToScan;

    /** The shrinker's threads', until it answers. */
    private volatile long nrScanned;

    private volatile long freedBytes = -1;

    private final AtomicReference<End> end = new AtomicReference<>(Open.BEING_MADE);

    /** When a thread began with it, by the engine's clock; set before {@code started}. */
    private long startNanos;

    private volatile boolean started;

    /** The deadline; the pair's actor's alone. */
    @Nullable
    Cancellable deadline;

    private Call(
            Kind kind,
            ShrinkerEntry entry,
            Pair pair,
            Owner owner,
            CgroupPath parent,
            LongSupplier nanoTime,
            @Nullable RoundWork work,
            long nrToScan) {
        this.kind = kind;
        this.entry = entry;
        this.pair = pair;
        this.owner = owner;
        this.parent = parent;
        this.nanoTime = nanoTime;
        this.work = work;
        this.node = entry.nodeFor(pair.node());
        this.nrToScan = nrToScan;
        this.nrScanned = nrToScan;
    }

    /** A count where {@code nrToScan} is 0, otherwise a scan. */
    static Call visiting(
            ShrinkerEntry entry, Pair pair, Owner owner, LongSupplier nanoTime, RoundWork work, long nrToScan) {
        return new Call(
                nrToScan == 0 ? Kind.COUNT : Kind.SCAN,
                entry,
                pair,
                owner,
                pair.cgroup().path(),
                nanoTime,
                work,
                nrToScan);
    }

    static Call reparenting(ShrinkerEntry entry, Pair pair, Owner owner, LongSupplier nanoTime, CgroupPath parent) {
        return new Call(Kind.REPARENT, entry, pair, owner, parent, nanoTime, null, 0);
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

    @Override
    public void begins() {
        startNanos = nanoTime.getAsLong();
        started = true;
    }

    @Override
    public boolean isOver() {
        return !(end() instanceof Open);
    }

    boolean isStarted() {
        return started;
    }

    /** When it began, where it is started. */
    long startNanos() {
        return startNanos;
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
            if (before == Open.BEING_MADE || before == Open.AWAITED) {
                if (end.compareAndSet(before, how)) {
                    if (before == Open.AWAITED) {
                        pair.ref().tell(new CgroupNode.CallEnded(this));
                    }
                    return;
                }
            } else if (before == Unanswered.OVERDUE) {
                entry.faults().late();
                return;
            } else if (how != Unanswered.NOT_MADE) {
                entry.faults().fault("its " + kind.word() + " was answered a second time", pair.toString(), null);
                return;
            } else {
                return;
            }
        }
    }

    /** It has been made. True where the answer is not there yet, and will come as a message. The pair's actor. */
    boolean isToBeAwaited() {
        return end.compareAndSet(Open.BEING_MADE, Open.AWAITED);
    }

    /** Nobody waits for it any more, for the reason given. False where it ended before. The pair's actor. */
    boolean giveUp(Unanswered why) {
        return end.compareAndSet(Open.AWAITED, why);
    }

    /** How it ended. */
    End end() {
        return Objects.requireNonNull(end.get());
    }
}
