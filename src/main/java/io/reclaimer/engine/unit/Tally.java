package io.reclaimer.engine.unit;

import io.reclaimer.shrinker.Saturating;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sums of one round. Exact when the round is over; before that, the sums so far. Any thread may read them.
 *
 * <p>Each visiting thread adds to a cell of its own, so that adding takes neither a lock nor an atomic operation,
 * however many threads there are.
 */
public final class Tally {

    /** All sums at one moment. */
    public record Sums(long freedObjects, long freedBytes, long freedAtOnceBytes, long scannedObjects, long visits) {

        public static final Sums NOTHING = new Sums(0, 0, 0, 0, 0);
    }

    /**
     * The sums of one thread. Written by that thread only, so that reading and writing back loses nothing. They stand
     * in the middle of an array that is longer than needed, so that they share a cache line with no other thread's.
     */
    public static final class Cell {
        private static final int PADDING = 8;
        private static final int FREED = PADDING;
        private static final int FREED_BYTES = FREED + 1;
        private static final int FREED_AT_ONCE_BYTES = FREED + 2;
        private static final int SCANNED = FREED + 3;
        private static final int VISITS = FREED + 4;

        private static final VarHandle SUM = MethodHandles.arrayElementVarHandle(long[].class);

        private final long[] sums = new long[VISITS + 1 + PADDING];

        /** Adds one visit. */
        public void addVisit() {
            add(VISITS, 1);
        }

        /** Adds one scan call; {@code atOnce} if its bytes do not wait for a garbage collection. */
        public void addScan(long nrScanned, long nrFreed, long nrBytes, boolean atOnce) {
            add(SCANNED, nrScanned);
            if (nrFreed > 0) {
                add(FREED, nrFreed);
                add(FREED_BYTES, nrBytes);
                if (atOnce) {
                    add(FREED_AT_ONCE_BYTES, nrBytes);
                }
            }
        }

        private void add(int index, long more) {
            SUM.setRelease(sums, index, Saturating.add(sums[index], more));
        }
    }

    private final Map<Thread, Cell> cells = new ConcurrentHashMap<>();

    /** The cell of a thread. */
    public Cell cellOf(Thread thread) {
        Cell cell = cells.get(thread);
        return cell != null ? cell : cells.computeIfAbsent(thread, first -> new Cell());
    }

    public Sums sums() {
        return new Sums(
                sum(Cell.FREED),
                sum(Cell.FREED_BYTES),
                sum(Cell.FREED_AT_ONCE_BYTES),
                sum(Cell.SCANNED),
                sum(Cell.VISITS));
    }

    private long sum(int index) {
        return cells.values().stream()
                .mapToLong(cell -> (long) Cell.SUM.getAcquire(cell.sums, index))
                .reduce(0, Saturating::add);
    }
}
