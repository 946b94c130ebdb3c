package io.reclaimer.pressure;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import java.util.concurrent.CompletionStage;

/** The reclaimer as {@link HeapPressure} uses it: rounds and counts on the nodes that have heap. Thread-safe. */
interface HeapReclaimer {

    /** Returns a request on the nodes that have heap, without a target. */
    ReclaimRequest request();

    /** Starts a round. */
    CompletionStage<ReclaimReport> reclaim(ReclaimRequest request);

    /** Starts a round that only counts. */
    CompletionStage<CountReport> count(ReclaimRequest request);

    /** Returns the bytes that all rounds freed so far, whoever requested them, except those that were freed at once. */
    long freedBytes();

    /** Returns whether a lossless shrinker takes part in rounds on these nodes. */
    boolean hasLossless();
}
