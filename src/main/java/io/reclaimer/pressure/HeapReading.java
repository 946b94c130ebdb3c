package io.reclaimer.pressure;

/**
 * The bytes in use before and after one collection. In a heap without generations all bytes are old.
 *
 * @param scope the garbage that the collection removes
 * @param garbageCutoffMillis the latest time at which garbage had to exist for the collection to remove it, in milliseconds
 *     since the JVM started: the end of a stop-the-world collection, the start of a concurrent one
 * @param allocatedBytes the bytes allocated during a concurrent collection, which treats them as live; 0 for a
 *     stop-the-world collection
 */
record HeapReading(
        CollectionScope scope,
        long garbageCutoffMillis,
        long youngBefore,
        long oldBefore,
        long youngAfter,
        long oldAfter,
        long allocatedBytes) {

    /** Creates the reading of a stop-the-world collection. */
    HeapReading(
            CollectionScope scope,
            long garbageCutoffMillis,
            long youngBefore,
            long oldBefore,
            long youngAfter,
            long oldAfter) {
        this(scope, garbageCutoffMillis, youngBefore, oldBefore, youngAfter, oldAfter, 0);
    }

    /** Returns whether the collection was concurrent and the application allocated during it. */
    boolean isConcurrent() {
        return allocatedBytes > 0;
    }

    /**
     * Returns whether the collection did nothing: the Serial collector also reports a young one that it turned into a
     * full one.
     */
    boolean isAborted() {
        return scope == CollectionScope.YOUNG && youngAfter >= youngBefore && youngBefore > 0;
    }

    /**
     * Returns the upper bound of live bytes. After a pause in which survivors found no space, G1 counts some of them
     * twice, and reports more in use than before.
     */
    long mostLiveBytes() {
        long after = youngAfter + oldAfter;
        return scope == CollectionScope.ALL ? after : Math.min(after, youngBefore + oldBefore);
    }
}
