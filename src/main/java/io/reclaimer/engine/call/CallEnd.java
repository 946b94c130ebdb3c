package io.reclaimer.engine.call;

/** How a call ended, or that it has not. Immutable. */
public sealed interface CallEnd {

    /** The shrinker replied. */
    record Replied(long value, long nrScanned, long freedBytes) implements CallEnd {}

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
