package io.reclaimer.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** All calls of one engine that are awaited, so that the {@link CallWatch} gives up those that are not answered. Thread-safe. */
final class PendingCalls {

    /** By number: so they are looked at in the same order each time the same happens. */
    private final Map<Long, Call> calls = new ConcurrentHashMap<>();

    private final AtomicLong lastNumber = new AtomicLong();

    long newNumber() {
        return lastNumber.incrementAndGet();
    }

    void add(long number, Call call) {
        calls.put(number, call);
    }

    void remove(long number) {
        calls.remove(number);
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /** Gives up those whose time is over, and has visitors look that have waited for one for long. */
    void look(long nowNanos) {
        calls.values().forEach(call -> call.look(nowNanos));
    }
}
