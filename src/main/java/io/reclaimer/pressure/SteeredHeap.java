package io.reclaimer.pressure;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A heap that is not this process's: somebody says what is in use, and when a collection ends. For tests and scenarios, see
 * {@link HeapSetup}. Any thread.
 */
public final class SteeredHeap implements Heap {

    private final long limitBytes;
    private final LongSupplier usedBytes;
    private final LongSupplier uptimeMillis;
    private final List<Consumer<HeapReading>> listeners = new CopyOnWriteArrayList<>();

    /**
     * @param limitBytes how much can live, above 0
     * @param usedBytes what is in use now, garbage included
     * @param uptimeMillis milliseconds from any start
     */
    public SteeredHeap(long limitBytes, LongSupplier usedBytes, LongSupplier uptimeMillis) {
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
     * A collection of the whole heap has ended.
     *
     * @param liveBytes what it left
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
