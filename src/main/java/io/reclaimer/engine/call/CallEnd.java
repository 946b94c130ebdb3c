package io.reclaimer.engine.call;

/** The end of a call, or its state while it has not ended. Immutable. */
public sealed interface CallEnd {

    /** The shrinker replied. */
    record Replied(long value, long nrScanned, long bytes) implements CallEnd {}

    /** The shrinker threw, or its stage failed. */
    record Failed(Throwable thrown) implements CallEnd {}

    /** The shrinker did not reply. */
    enum NoReply implements CallEnd {
        /** The call was not answered by its deadline. */
        OVERDUE,
        /** The call was not made, and need not be any more. */
        NOT_MADE
    }

    /** The call has not ended. */
    enum Open implements CallEnd {
        BEING_MADE,
        AWAITED
    }
}
