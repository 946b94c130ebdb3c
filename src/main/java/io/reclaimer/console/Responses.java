package io.reclaimer.console;

import io.reclaimer.Cgroup;
import io.reclaimer.adapter.DirectBufferLease;
import io.reclaimer.adapter.DirectBufferPool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The responses of a tenant that are in flight: each in a direct buffer of its own, which is given back when the response
 * was sent, {@link #IN_FLIGHT} later. So a surge leaves free buffers behind. For one actor; not thread-safe.
 */
final class Responses {

    /** Larger than any value. */
    static final int BUFFER_BYTES = 16 << 10;

    static final Duration IN_FLIGHT = Duration.ofMillis(500);

    /**
     * A tenant's buffers in flight are at most that part of the heap's maximum, which is also the JVM's limit for direct
     * memory where none is given. So all tenants together stay well below it, with what is free or not yet collected.
     */
    private static final int PART_OF_HEAP = 8;

    private record Response(DirectBufferLease lease, long startNanos) {}

    private final DirectBufferPool pool;
    private final Cgroup cgroup;
    private final int most;
    private final Deque<Response> inFlight = new ArrayDeque<>();

    /** @param most how many are in flight at most, at least 1; one more has the oldest sent at once */
    Responses(DirectBufferPool pool, Cgroup cgroup, int most) {
        this.pool = pool;
        this.cgroup = cgroup;
        this.most = most;
    }

    /** As many at most as a heap of that maximum allows. */
    static int most(long heapMaxBytes) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, heapMaxBytes / PART_OF_HEAP / BUFFER_BYTES));
    }

    /** Responds with a value of at most {@link #BUFFER_BYTES}. */
    void start(byte[] value, long nowNanos) {
        if (inFlight.size() == most) {
            inFlight.removeFirst().lease().close();
        }
        DirectBufferLease lease = pool.acquire(cgroup);
        inFlight.addLast(new Response(lease, nowNanos));
        lease.buffer().put(value);
    }

    /** Gives the buffers back of those that were sent by now. */
    void closeSent(long nowNanos) {
        while (!inFlight.isEmpty() && nowNanos - inFlight.getFirst().startNanos() >= IN_FLIGHT.toNanos()) {
            inFlight.removeFirst().lease().close();
        }
    }

    /** Gives all buffers back. */
    void closeAll() {
        inFlight.forEach(response -> response.lease().close());
        inFlight.clear();
    }
}
