package io.reclaimer.adapter;

/**
 * When an entity was used last. Noted by the entity for each of its messages, read by the tracker of its region when it
 * looks for the coldest: so a use costs one write, and no message.
 */
final class ShardedUse {

    /** So that times are small numbers above 0, which compare as numbers do. */
    private static final long ORIGIN = System.nanoTime();

    private volatile long lastNanos = now();

    static long now() {
        return System.nanoTime() - ORIGIN;
    }

    void note() {
        lastNanos = now();
    }

    long lastNanos() {
        return lastNanos;
    }
}
