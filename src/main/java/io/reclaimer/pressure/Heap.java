package io.reclaimer.pressure;

import java.util.function.Consumer;

/** A heap that can be watched: this process's own ({@link PlatformHeap}), or a simulated one in tests. Thread-safe. */
interface Heap {

    /** Returns the maximum of live bytes, see {@link PlatformHeap}. */
    long limitBytes();

    /** Returns the bytes in use now, garbage included. */
    long usedBytes();

    /** Returns the milliseconds since the JVM started: the clock of {@link HeapReading#garbageCutoffMillis}. */
    long uptimeMillis();

    /**
     * Calls {@code listener} after each collection, on a thread of the JVM, so the listener must be quick.
     *
     * @return ends the calls
     */
    Runnable watch(Consumer<HeapReading> listener);
}
