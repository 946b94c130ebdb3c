package io.reclaimer.engine;

import io.reclaimer.shrinker.Saturating;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sums of one round: exact when it is over, and at any time before it what was done until then.
 *
 * <p>Each thread that runs visits adds to a cell of its own, so that adding takes neither a lock nor an atomic
 * operation, however many threads there are. Anybody may read.
 */
final class Tally {

    /**
     * One thread's sums. Written by that thread only, so reading and writing back loses nothing. They stand in the middle
     * of an array that is longer than needed, so that no other thread's are on the same cache line.
     */
    static final class Cell {
        private static final int PADDING = 8;
        private static final int FREED = PADDING;
        private static final int FREED_BYTES = FREED + 1;
        private static final int FREED_AT_ONCE_BYTES = FREED + 2;
        private static final int SCANNED = FREED + 3;
        private static final int VISITS = FREED + 4;

        private static final VarHandle SUM = MethodHandles.arrayElementVarHandle(long[].class);

        private final long[] sums = new long[VISITS + 1 + PADDING];

        void visited() {
            add(VISITS, 1);
        }

        void scanned(long nrScanned, long nrFreed, long nrBytes, boolean atOnce) {
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
    Cell cellOf(Thread thread) {
        Cell cell = cells.get(thread);
        return cell != null ? cell : cells.computeIfAbsent(thread, first -> new Cell());
    }

    long freedObjects() {
        return sum(Cell.FREED);
    }

    long freedBytes() {
        return sum(Cell.FREED_BYTES);
    }

    long freedAtOnceBytes() {
        return sum(Cell.FREED_AT_ONCE_BYTES);
    }

    long scannedObjects() {
        return sum(Cell.SCANNED);
    }

    long visits() {
        return sum(Cell.VISITS);
    }

    private long sum(int index) {
        return cells.values().stream()
                .mapToLong(cell -> (long) Cell.SUM.getAcquire(cell.sums, index))
                .reduce(0, Saturating::add);
    }
}
