package io.reclaimer.engine;

import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.VisitingThread;
import io.reclaimer.engine.unit.Tally;
import io.reclaimer.engine.unit.TimeSlice;
import io.reclaimer.shrinker.Saturating;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A visiting thread with the objects that its passes reuse: the time slice, the cell of a round's tally, and spare
 * {@link NodePass}es. The fields of this class are confined to the thread.
 */
final class PassThread extends VisitingThread {

    /** The most spare passes: as many as a deep tree needs at a time. */
    private static final int MAX_SPARES = 64;

    /** The time slice that this thread is in. */
    final TimeSlice slice;

    /** The round that {@link #cell} belongs to; it is looked up anew for another round. */
    private @Nullable Tally tally;

    private Tally.@Nullable Cell cell;

    /** Passes that have ended, for the next ones. Their data is in the cache of this thread's core. */
    private @Nullable NodePass spares;

    private int spareCount;

    /** The visits that this thread makes without a {@link Visit}. */
    final DirectVisit direct = new DirectVisit(this);

    PassThread(Thread thread, LongSupplier nanoTime) {
        super(thread);
        this.slice = new TimeSlice(nanoTime);
    }

    /** Takes a pass that has ended; null if there is none. */
    @Nullable
    NodePass takeSpare() {
        NodePass spare = spares;
        if (spare != null) {
            spares = spare.nextSpare;
            spare.nextSpare = null;
            spareCount--;
        }
        return spare;
    }

    /** Keeps a pass that has ended, unless there are many. */
    void keepSpare(NodePass pass) {
        if (spareCount < MAX_SPARES) {
            pass.nextSpare = spares;
            spares = pass;
            spareCount++;
        }
    }

    /** Records what one scan call did; {@code freedBytes} is -1 if the shrinker did not say. */
    void recordScan(RoundWork work, ShrinkerEntry entry, long nrScanned, long freed, long freedBytes) {
        if (freedBytes >= 0) {
            entry.objectSize().learn(freed, freedBytes);
        }
        long bytes = freedBytes >= 0 ? freedBytes : Saturating.multiply(freed, work.objectBytes(entry));
        cellOf(work.tally()).addScan(nrScanned, freed, bytes, entry.freesAtOnce());
        if (!entry.freesAtOnce()) {
            addFreedBytes(bytes);
        }
        work.addTowardsTarget(freed, bytes);
    }

    /** This thread's cell of a round's tally. */
    Tally.Cell cellOf(Tally sums) {
        Tally.Cell known = cell;
        if (known == null || tally != sums) {
            known = sums.cellOf(thread());
            tally = sums;
            cell = known;
        }
        return known;
    }
}
