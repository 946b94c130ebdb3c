package io.reclaimer.adapter;

import io.reclaimer.shrinker.ShrinkerSpec;

/** Specs of shrinkers whose objects are on the heap. */
final class HeapSpecs {

    /** The number of the node {@code heap}: it is the first one, if it exists. */
    private static final int NODE = 0;

    private HeapSpecs() {}

    /** Returns a spec that takes part only in rounds over the heap, if it names no nodes; otherwise the same spec. */
    static ShrinkerSpec of(ShrinkerSpec spec) {
        return spec.isOnAllNodes() ? spec.onNodes(NODE) : spec;
    }
}
