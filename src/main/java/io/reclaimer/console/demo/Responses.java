package io.reclaimer.console.demo;

import io.reclaimer.Cgroup;
import io.reclaimer.adapter.DirectBufferLease;
import io.reclaimer.adapter.DirectBufferPool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A tenant's responses in flight. Each leases a direct buffer and returns it after {@link #IN_FLIGHT}, so a surge
 * leaves free buffers in the pool. Confined to the actor that owns it.
 */
final class Responses {

    /** Holds the largest value. */
    static final int BUFFER_BYTES = 16 << 10;

    static final Duration IN_FLIGHT = Duration.ofMillis(500);

    /**
     * A tenant's buffers in flight take at most this fraction of the heap's maximum, which is also the JVM's default
     * limit of direct memory. So the buffers of all tenants, the free and the uncollected ones stay well below that
     * limit.
     */
    private static final int HEAP_DIVISOR = 8;

    private record Response(DirectBufferLease lease, long startNanos) {}

    private final DirectBufferPool pool;
    private final Cgroup cgroup;
    private final int maxInFlight;
    private final Deque<Response> inFlight = new ArrayDeque<>();

    /** @param maxInFlight at least 1; one response more completes the oldest at once */
    Responses(DirectBufferPool pool, Cgroup cgroup, int maxInFlight) {
        this.pool = pool;
        this.cgroup = cgroup;
        this.maxInFlight = maxInFlight;
    }

    /** Returns the largest number of responses in flight that a heap of that size allows. */
    static int maxInFlight(long heapMaxBytes) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, heapMaxBytes / HEAP_DIVISOR / BUFFER_BYTES));
    }

    /** Starts a response with a value of at most {@link #BUFFER_BYTES}. */
    void start(byte[] value, long nowNanos) {
        if (inFlight.size() == maxInFlight) {
            inFlight.removeFirst().lease().close();
        }
        DirectBufferLease lease = pool.acquire(cgroup);
        inFlight.addLast(new Response(lease, nowNanos));
        lease.buffer().put(value);
    }

    /** Returns the buffers of the responses that are complete by now. */
    void closeSent(long nowNanos) {
        while (!inFlight.isEmpty() && nowNanos - inFlight.getFirst().startNanos() >= IN_FLIGHT.toNanos()) {
            inFlight.removeFirst().lease().close();
        }
    }

    /** Returns all buffers. */
    void closeAll() {
        inFlight.forEach(response -> response.lease().close());
        inFlight.clear();
    }
}
