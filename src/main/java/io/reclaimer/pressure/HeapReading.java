package io.reclaimer.pressure;

/**
 * The heap before and after one collection, in bytes in use. In a heap without generations all is old.
 *
 * @param scope which garbage it took out
 * @param settledMillis garbage that came up until then was there for it to take, in milliseconds since the JVM started:
 *     its end where it stopped the world, its start where it ran beside it
 * @param allocatedBytes what was allocated while it ran beside the application, which it takes for live; 0 where it
 *     stopped the world
 */
record HeapReading(
        CollectionScope scope,
        long settledMillis,
        long youngBefore,
        long oldBefore,
        long youngAfter,
        long oldAfter,
        long allocatedBytes) {

    /** One that stopped the world. */
    HeapReading(
            CollectionScope scope,
            long settledMillis,
            long youngBefore,
            long oldBefore,
            long youngAfter,
            long oldAfter) {
        this(scope, settledMillis, youngBefore, oldBefore, youngAfter, oldAfter, 0);
    }

    /** Whether it ran beside the application, which has allocated meanwhile. */
    boolean isConcurrent() {
        return allocatedBytes > 0;
    }

    /** Whether nothing was done: the Serial collector reports a young collection that it turned into a full one twice. */
    boolean isAborted() {
        return scope == CollectionScope.YOUNG && youngAfter >= youngBefore && youngBefore > 0;
    }

    /**
     * The most that can be live. After a pause in which survivors found no room, G1 counts some of them twice and has
     * more in use than before.
     */
    long mostLiveBytes() {
        long after = youngAfter + oldAfter;
        return scope == CollectionScope.ALL ? after : Math.min(after, youngBefore + oldBefore);
    }
}
