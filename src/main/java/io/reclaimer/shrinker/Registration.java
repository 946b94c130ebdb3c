package io.reclaimer.shrinker;

/**
 * The registration of a listener. Closing it removes the listener; closing it again does nothing. Thread-safe.
 */
@FunctionalInterface
public interface Registration extends AutoCloseable {

    @Override
    void close();
}
