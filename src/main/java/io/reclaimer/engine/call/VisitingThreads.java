package io.reclaimer.engine.call;

import io.reclaimer.shrinker.Saturating;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The published state of all threads that run visits. Thread-safe. */
public final class VisitingThreads {

    private final Map<Thread, VisitingThread> threads = new ConcurrentHashMap<>();
    private final Function<Thread, VisitingThread> maker;

    /** Objects scanned by threads that have ended; guarded by {@code this}. */
    private long scannedBefore;

    /** Bytes freed by threads that have ended; guarded by {@code this}. */
    private long freedBytesBefore;

    /** @param maker makes the state of a thread */
    VisitingThreads(Function<Thread, VisitingThread> maker) {
        this.maker = maker;
    }

    /** The state of the calling thread. Other threads can see it before it is used. */
    public VisitingThread ofThisThread() {
        Thread thread = Thread.currentThread();
        if (thread instanceof VisitPool.VisitThread visiting) {
            VisitingThread known = visiting.stateIn(this);
            return known != null ? known : visiting.keepState(this, stateOf(thread));
        }
        return stateOf(thread);
    }

    private VisitingThread stateOf(Thread thread) {
        VisitingThread state = threads.get(thread);
        return state != null ? state : threads.computeIfAbsent(thread, maker);
    }

    /** The states of all threads, also of those that have ended. */
    public Collection<VisitingThread> all() {
        return threads.values();
    }

    /** How many threads hold the shrinker of that serial. */
    int count(long serial) {
        int count = 0;
        for (VisitingThread thread : threads.values()) {
            if (thread.holds(serial)) {
                count++;
            }
        }
        return count;
    }

    /** Objects scanned by all visits so far. */
    synchronized long scannedObjects() {
        return threads.values().stream().mapToLong(VisitingThread::scanned).reduce(scannedBefore, Saturating::add);
    }

    /** Bytes freed by all visits so far, without those given back at once. */
    synchronized long freedBytes() {
        return threads.values().stream()
                .mapToLong(VisitingThread::freedBytes)
                .reduce(freedBytesBefore, Saturating::add);
    }

    /** Forgets a thread that has ended. */
    synchronized void forget(VisitingThread thread) {
        if (threads.remove(thread.thread()) != null) {
            scannedBefore = Saturating.add(scannedBefore, thread.scanned());
            freedBytesBefore = Saturating.add(freedBytesBefore, thread.freedBytes());
        }
    }
}
