package io.reclaimer.engine.call;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All calls of one engine that are awaited. The {@link CallWatchdog} gives up those that are not answered. Thread-safe.
 */
public final class PendingCalls {

    /** By number, so that they are checked in the same order each time the same happens. */
    private final Map<Long, PendingCall> calls = new ConcurrentHashMap<>();

    private final AtomicLong lastNumber = new AtomicLong();

    PendingCalls() {}

    long newNumber() {
        return lastNumber.incrementAndGet();
    }

    void add(long number, PendingCall call) {
        calls.put(number, call);
    }

    void remove(long number) {
        calls.remove(number);
    }

    public boolean isEmpty() {
        return calls.isEmpty();
    }

    /** Gives up calls past their deadline, and wakes visitors whose visits have waited for long. */
    void check(long nowNanos) {
        calls.values().forEach(call -> call.check(nowNanos));
    }
}
