package io.reclaimer.adapter;

/**
 * The time of an entity's last use. The entity writes it at each message, and the tracker reads it to find the coldest
 * entity, so a use costs one write and no message. Thread-safe.
 */
final class ShardedUse {

    /** Makes times small positive numbers, which can be compared as numbers. */
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
