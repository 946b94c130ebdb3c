package io.reclaimer.pressure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** What collections of this process tell, with what is known to be true at the time: fixtures for the estimate. */
public final class HeapRecord {

    /** Lines that are kept: a collector in trouble tells thousands. */
    private static final int MOST_LINES = 150;

    private final List<String> lines = new ArrayList<>();

    private HeapRecord(PlatformHeap heap) {
        lines.add("limit " + heap.limitBytes());
        lines.add("# millis scope settled youngBefore oldBefore youngAfter oldAfter allocated freed cache live");
    }

    /**
     * Begins.
     *
     * @param freed bytes freed by rounds so far
     * @param cache bytes in caches
     * @param live bytes that are live
     */
    public static HeapRecord start(LongSupplier freed, LongSupplier cache, LongSupplier live) {
        PlatformHeap heap = new PlatformHeap();
        HeapRecord record = new HeapRecord(heap);
        heap.watch(reading ->
                record.add(heap.uptimeMillis(), reading, freed.getAsLong(), cache.getAsLong(), live.getAsLong()));
        return record;
    }

    private synchronized void add(long millis, HeapReading reading, long freed, long cache, long live) {
        if (lines.size() < MOST_LINES) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%d %s %d %d %d %d %d %d %d %d %d",
                    millis,
                    reading.scope(),
                    reading.garbageCutoffMillis(),
                    reading.youngBefore(),
                    reading.oldBefore(),
                    reading.youngAfter(),
                    reading.oldAfter(),
                    reading.allocatedBytes(),
                    freed,
                    cache,
                    live));
        }
    }

    /** A line for the limit, one that names the columns, and one a reading. */
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
