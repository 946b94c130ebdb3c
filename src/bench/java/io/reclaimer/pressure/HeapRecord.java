package io.reclaimer.pressure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** The readings of this process's collections, each with the true values at that time: fixtures for the estimate. */
public final class HeapRecord {

    /** The maximum number of lines: a collector in trouble reports thousands. */
    private static final int MAX_LINES = 150;

    private final List<String> lines = new ArrayList<>();

    private HeapRecord(PlatformHeap heap) {
        lines.add("limit " + heap.limitBytes());
        lines.add("# millis scope garbageCutoff youngBefore oldBefore youngAfter oldAfter allocated freed cache live");
    }

    /**
     * Starts the record.
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
        if (lines.size() < MAX_LINES) {
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

    /** Returns a line with the limit, one that names the columns, and one for each reading. */
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
