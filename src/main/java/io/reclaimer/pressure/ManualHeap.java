package io.reclaimer.pressure;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A simulated heap: the caller supplies the bytes in use and reports the end of collections. For tests and scenarios,
 * see {@link HeapSetup}. Thread-safe.
 */
public final class ManualHeap implements Heap {

    private final long limitBytes;
    private final LongSupplier usedBytes;
    private final LongSupplier uptimeMillis;
    private final List<Consumer<HeapReading>> listeners = new CopyOnWriteArrayList<>();

    /**
     * @param limitBytes the maximum of live bytes, above 0
     * @param usedBytes returns the bytes in use now, garbage included
     * @param uptimeMillis returns milliseconds since any fixed time
     */
    public ManualHeap(long limitBytes, LongSupplier usedBytes, LongSupplier uptimeMillis) {
        Objects.requireNonNull(usedBytes, "usedBytes");
        Objects.requireNonNull(uptimeMillis, "uptimeMillis");
        if (limitBytes <= 0) {
            throw new IllegalArgumentException("The limit is [" + limitBytes + "] bytes; allowed is 1 or more");
        }
        this.limitBytes = limitBytes;
        this.usedBytes = usedBytes;
        this.uptimeMillis = uptimeMillis;
    }

    /**
     * Reports the end of a collection of the whole heap.
     *
     * @param liveBytes the bytes that it left
     */
    public void collected(long liveBytes) {
        HeapReading reading =
                new HeapReading(CollectionScope.ALL, uptimeMillis.getAsLong(), 0, usedBytes.getAsLong(), 0, liveBytes);
        listeners.forEach(listener -> listener.accept(reading));
    }

    @Override
    public long limitBytes() {
        return limitBytes;
    }

    @Override
    public long usedBytes() {
        return usedBytes.getAsLong();
    }

    @Override
    public long uptimeMillis() {
        return uptimeMillis.getAsLong();
    }

    @Override
    public Runnable watch(Consumer<HeapReading> listener) {
        Objects.requireNonNull(listener, "listener");
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
