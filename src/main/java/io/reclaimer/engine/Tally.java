package io.reclaimer.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * The sums of one round: exact when it is over, and at any time before it what was done until then.
 *
 * <p>Each thread that runs visits adds to a cell of its own, so that adding takes neither a lock nor an atomic
 * operation, however many threads there are. Anybody may read.
 */
final class Tally {

    /** One thread's sums. Written by that thread only, so reading and writing back loses nothing. */
    static final class Cell {
        private final AtomicLong freed = new AtomicLong();
        private final AtomicLong freedBytes = new AtomicLong();
        private final AtomicLong freedAtOnceBytes = new AtomicLong();
        private final AtomicLong scanned = new AtomicLong();
        private final AtomicLong visits = new AtomicLong();

        void visited() {
            add(visits, 1);
        }

        void scanned(long nrScanned, long nrFreed, long nrBytes, boolean atOnce) {
            add(scanned, nrScanned);
            if (nrFreed > 0) {
                add(freed, nrFreed);
                add(freedBytes, nrBytes);
                if (atOnce) {
                    add(freedAtOnceBytes, nrBytes);
                }
            }
        }

        private static void add(AtomicLong sum, long more) {
            sum.setRelease(Saturating.add(sum.getPlain(), more));
        }
    }

    private final Map<Thread, Cell> cells = new ConcurrentHashMap<>();

    /** The cell of the thread that asks. */
    Cell cell() {
        Thread thread = Thread.currentThread();
        Cell cell = cells.get(thread);
        return cell != null ? cell : cells.computeIfAbsent(thread, first -> new Cell());
    }

    long freedObjects() {
        return sum(cell -> cell.freed);
    }

    long freedBytes() {
        return sum(cell -> cell.freedBytes);
    }

    long freedAtOnceBytes() {
        return sum(cell -> cell.freedAtOnceBytes);
    }

    long scannedObjects() {
        return sum(cell -> cell.scanned);
    }

    long visits() {
        return sum(cell -> cell.visits);
    }

    private long sum(Function<Cell, AtomicLong> which) {
        return cells.values().stream()
                .mapToLong(cell -> which.apply(cell).get())
                .reduce(0, Saturating::add);
    }
}
