package io.reclaimer.engine;

import io.reclaimer.engine.call.VisitDispatcher;
import org.jspecify.annotations.Nullable;

/**
 * The request of a round to one cgroup on one node to make its part of a pass. Sent to the visitor as a message; it
 * comes back as the acknowledgement, in {@link Acknowledgements}. The round reuses it when it has come back.
 *
 * <p>Written by the round until its batch is submitted, then by its sender, then by the visitor until it is
 * acknowledged, then by the round. Exception:
 * a round reads {@link #position} when the visitor is stuck, and sees what was written before that.
 */
final class PassRequest implements CgroupNode.Command {

    /** The part of the order of shrinkers that is visited. */
    enum Part {
        /** All of it. */
        ALL,
        /** In a round with a target: from where the last such round stopped, to the end. */
        FIRST,
        /** From the beginning to where the first part began. */
        SECOND,
        /** From {@link #begin} to before {@link #end}. */
        RANGE
    }

    /** The end of the order. */
    static final long TO_THE_END = Long.MAX_VALUE;

    private final Acknowledgements acknowledgements;

    final RoundWork work;

    private @Nullable CgroupPerNode perNode;
    private @Nullable Visitor visitor;

    int priority;

    /** The number of the pass among all passes, for the fair order. */
    long number;

    Part part = Part.ALL;

    /** The range of places in the order that is visited, without {@link #end}: see {@link ShrinkerIteration}. */
    long begin;

    long end;

    /** The place that the visitor has come to: all places before it in the part were visited. */
    long position;

    /**
     * Whether the whole part was visited. False if there is a new visitor, or the cgroup was passivated or went
     * offline.
     */
    boolean visited;

    /** Whether no bit was set when it was acknowledged. */
    boolean clean;

    /**
     * The index among the requests that the round waits for; -1 if the round does not wait for it. Confined to the
     * round.
     */
    int outstandingIndex = -1;

    /** Whether its part was given to the new visitor. Confined to the round. */
    boolean isReassigned;

    /** The previous one in the list of acknowledgements. */
    @Nullable
    PassRequest before;

    /** Sends it, and collects the acknowledgement if it is served at once. */
    private PassBatch.@Nullable Sender sender;

    PassRequest(Acknowledgements acknowledgements, RoundWork work) {
        this.acknowledgements = acknowledgements;
        this.work = work;
    }

    /** Sets the request, before it is sent. */
    PassRequest prepare(CgroupPerNode asked, Visitor of, int atPriority, long passNumber) {
        perNode = asked;
        visitor = of;
        priority = atPriority;
        number = passNumber;
        position = 0;
        visited = false;
        clean = false;
        isReassigned = false;
        sender = null;
        return this;
    }

    /** Sends it to its visitor. Called by the thread of the sender. */
    void sendBy(PassBatch.Sender by) {
        sender = by;
        // They may be others when the visitor has served it, and the round uses it again.
        CgroupPerNode asked = perNode();
        Visitor to = visitor();
        VisitDispatcher.tellAndRun(to.ref(), this);
        if (to.isGone()) {
            acknowledgements.round().tell(new ReclaimRound.VisitorGone(this, asked, to));
        }
    }

    PassRequest part(Part which, long from, long before) {
        part = which;
        begin = from;
        end = before;
        return this;
    }

    CgroupPerNode perNode() {
        if (perNode == null) {
            throw new IllegalStateException("The request is not prepared yet");
        }
        return perNode;
    }

    Visitor visitor() {
        if (visitor == null) {
            throw new IllegalStateException("The request is not prepared yet");
        }
        return visitor;
    }

    /**
     * Acknowledges the request. Called by the visitor, once.
     *
     * @param wasVisited whether the whole part was visited; otherwise it was visited up to {@link #position}
     */
    void acknowledge(boolean wasVisited) {
        visited = wasVisited;
        clean = perNode().units().isClean();
        PassBatch.Sender collector = sender;
        if (collector == null || !collector.collect(this)) {
            acknowledgements.add(this);
        }
    }
}
