package io.reclaimer.engine;

import io.reclaimer.shrinker.Saturating;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The marks of all threads that run visits. Any thread. */
final class CallMarks {

    private final Map<Thread, CallMark> marks = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    /** Objects scanned by threads that have ended; under this object's lock. */
    private long scannedBefore;

    /** Bytes freed by them. */
    private long freedBytesBefore;

    CallMarks(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The mark of the thread that asks. It is there for all to see before it is used. */
    CallMark ofThisThread() {
        Thread thread = Thread.currentThread();
        if (thread instanceof VisitPool.VisitThread visiting) {
            CallMark known = visiting.markOf(this);
            return known != null ? known : visiting.marked(this, markOf(thread));
        }
        return markOf(thread);
    }

    private CallMark markOf(Thread thread) {
        CallMark mark = marks.get(thread);
        return mark != null ? mark : marks.computeIfAbsent(thread, first -> new CallMark(first, nanoTime));
    }

    /** All of them, those of threads that have ended too. */
    Collection<CallMark> all() {
        return marks.values();
    }

    /** How many threads hold the shrinker of that serial. */
    int count(long serial) {
        int count = 0;
        for (CallMark mark : marks.values()) {
            if (mark.holds(serial)) {
                count++;
            }
        }
        return count;
    }

    /** Objects scanned by all visits so far. */
    synchronized long scannedObjects() {
        return marks.values().stream().mapToLong(CallMark::scanned).reduce(scannedBefore, Saturating::add);
    }

    /** Bytes freed by all visits so far, but for what is given back at once. */
    synchronized long freedBytes() {
        return marks.values().stream().mapToLong(CallMark::freedBytes).reduce(freedBytesBefore, Saturating::add);
    }

    /** Forgets the mark of a thread that has ended. */
    synchronized void forget(CallMark mark) {
        if (marks.remove(mark.thread()) != null) {
            scannedBefore = Saturating.add(scannedBefore, mark.scanned());
            freedBytesBefore = Saturating.add(freedBytesBefore, mark.freedBytes());
        }
    }
}
