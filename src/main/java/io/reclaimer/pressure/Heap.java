package io.reclaimer.pressure;

import java.util.function.Consumer;

/** A heap that can be watched: this process's own is {@link PlatformHeap}, tests steer another. Thread-safe. */
interface Heap {

    /** How much can live: see {@link PlatformHeap}. */
    long limitBytes();

    /** What is in use now, garbage included. */
    long usedBytes();

    /** Since the JVM started: the clock of {@link HeapReading#settledMillis}. */
    long uptimeMillis();

    /**
     * Calls {@code listener} after each collection, on a thread of the JVM's, so it must be quick.
     *
     * @return ends that
     */
    Runnable watch(Consumer<HeapReading> listener);
}
