package io.reclaimer.engine;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The part of a pass that one visitor makes. Reused for the next pass that the same thread runs, of any cgroup, so that
 * passes allocate nothing. Confined to one visitor at a time.
 */
final class NodePass {

    /** Sent to the visitor when its next time slice has come. */
    final CgroupNode.Continue goOn = new CgroupNode.Continue(this);

    final ShrinkerIteration iteration;

    /** The next one in the list of spare passes. */
    @Nullable
    NodePass nextSpare;

    private @Nullable PassRequest request;

    /** Whether {@link #goOn} is under way. */
    private boolean goOnSent;

    NodePass(ShrinkerIteration iteration) {
        this.iteration = iteration;
    }

    void begin(PassRequest newRequest) {
        request = newRequest;
        switch (newRequest.part) {
            case ALL -> iteration.begin(newRequest, 0, PassRequest.TO_THE_END);
            case FIRST -> {
                newRequest.begin = newRequest.perNode().resumeAt();
                iteration.begin(newRequest, newRequest.begin, PassRequest.TO_THE_END);
            }
            case SECOND, RANGE -> iteration.begin(newRequest, newRequest.begin, newRequest.end);
        }
    }

    private PassRequest request() {
        return Objects.requireNonNull(request);
    }

    boolean isUnderWay() {
        return request != null;
    }

    /** Ends it when the iteration has ended: records how far a pass with a target has come, and acknowledges. */
    void end() {
        PassRequest ended = request();
        if (ended.part == PassRequest.Part.FIRST || ended.part == PassRequest.Part.SECOND) {
            boolean isAtTheEnd = iteration.isAtTheEnd();
            ended.perNode().setResumeAt(isAtTheEnd ? 0 : iteration.position());
            if (isAtTheEnd) {
                ended.perNode().setServedIn(ended.number);
            }
        }
        acknowledge(true);
    }

    /** Leaves the visits under way to the new visitor. */
    void handOver() {
        iteration.handOver();
        acknowledge(false);
    }

    /** Gives it up after a bug. */
    void drop() {
        acknowledge(false);
    }

    private void acknowledge(boolean wasVisited) {
        PassRequest ended = request();
        request = null;
        ended.perNode().exit();
        ended.acknowledge(wasVisited);
    }

    /** Whether {@link #goOn} is to be sent; it is under way from then on. */
    boolean tryMarkContinueSent() {
        boolean sends = !goOnSent;
        goOnSent = true;
        return sends;
    }

    /** Notes that {@link #goOn} has come. */
    void continueReceived() {
        goOnSent = false;
    }

    /** Whether it can be used for another pass. */
    boolean isFree() {
        return request == null && !goOnSent;
    }
}
