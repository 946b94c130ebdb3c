package io.reclaimer.adapter;

import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application's listener for reclaimed entries. A {@link RuntimeException} that it throws is logged, at most once
 * per minute. Thread-safe.
 */
final class CaffeineListener<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(CaffeineListener.class);

    private final BiConsumer<? super K, ? super V> listener;
    private final LogRateLimit onceAMinute = new LogRateLimit();

    CaffeineListener(BiConsumer<? super K, ? super V> listener) {
        this.listener = listener;
    }

    void reclaimed(K key, V value) {
        try {
            listener.accept(key, value);
        } catch (RuntimeException e) {
            if (onceAMinute.isDue()) {
                LOG.warn(
                        "The listener [{}] for reclaimed entries of a cache has thrown. The entry is reclaimed all the"
                                + " same. More of this is not logged for a minute.",
                        listener,
                        e);
            }
        }
    }
}
