package io.reclaimer.engine;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The marks of all threads that run visits. Any thread. */
final class CallMarks {

    private final Map<Thread, CallMark> marks = new ConcurrentHashMap<>();

    /** The mark of the thread that asks. */
    CallMark ofThisThread() {
        Thread thread = Thread.currentThread();
        CallMark mark = marks.get(thread);
        return mark != null ? mark : marks.computeIfAbsent(thread, CallMark::new);
    }

    /** All of them, those of threads that have ended too. */
    Collection<CallMark> all() {
        return marks.values();
    }

    /** Forgets the mark of a thread that has ended. */
    void forget(CallMark mark) {
        marks.remove(mark.thread());
    }
}
