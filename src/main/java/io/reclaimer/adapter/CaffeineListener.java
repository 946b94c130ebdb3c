package io.reclaimer.adapter;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the application of each entry that was reclaimed, and survives what it does with that. Any thread. */
final class CaffeineListener<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(CaffeineListener.class);
    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final BiConsumer<? super K, ? super V> listener;
    private final AtomicLong nextLog = new AtomicLong(System.nanoTime());

    CaffeineListener(BiConsumer<? super K, ? super V> listener) {
        this.listener = listener;
    }

    void reclaimed(K key, V value) {
        try {
            listener.accept(key, value);
        } catch (RuntimeException e) {
            long now = System.nanoTime();
            long next = nextLog.get();
            if (now - next >= 0 && nextLog.compareAndSet(next, now + SILENCE_NANOS)) {
                LOG.warn(
                        "The listener [{}] for reclaimed entries of a cache has thrown. The entry is reclaimed all the"
                                + " same. More of this is not logged for a minute.",
                        listener,
                        e);
            }
        }
    }
}
