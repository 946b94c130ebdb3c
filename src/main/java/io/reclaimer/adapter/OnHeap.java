package io.reclaimer.adapter;

import io.reclaimer.shrinker.ShrinkerSpec;

/** Specs of shrinkers whose objects are on the heap. */
final class OnHeap {

    /** The heap is the first of the nodes, where there is one of that name. */
    private static final int NODE = 0;

    private OnHeap() {}

    /** Where the spec says no nodes, it takes part in rounds over the heap alone. */
    static ShrinkerSpec of(ShrinkerSpec spec) {
        return spec.nodes().isEmpty() ? spec.onNodes(NODE) : spec;
    }
}
