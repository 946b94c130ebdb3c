package io.reclaimer.adapter;

import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the application of each entry that was reclaimed, and survives what it does with that. Any thread. */
final class CaffeineListener<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(CaffeineListener.class);

    private final BiConsumer<? super K, ? super V> listener;
    private final OnceAMinute onceAMinute = new OnceAMinute();

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
