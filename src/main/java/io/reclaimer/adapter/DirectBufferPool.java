package io.reclaimer.adapter;

import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;

/**
 * Direct buffers of one size that are used again and again. Those that are free are what the reclaimer may drop: on the
 * node {@value #NODE}, the coldest first; on other nodes the pool has nothing. Any thread.
 *
 * <pre>{@code
 * try (DirectBufferLease lease = pool.acquire()) {
 *   channel.read(lease.buffer());
 * }
 * }</pre>
 *
 * <p>A buffer belongs to nobody, or to a cgroup: it is acquired for it, and free in it when given back, or in its nearest
 * ancestor that is online then. What is in a buffer is what its last holder left there.
 *
 * <p>The memory of a dropped buffer is back when a garbage collection has found that nobody has it any more: the pool does
 * not unmap it by force, for whoever kept a view of it past the lease would then bring down the JVM. So the shrinker does
 * not say that it frees at once.
 *
 * <p>A lease that is never closed keeps its buffer, until both are garbage, and is counted as out for ever.
 */
public final class DirectBufferPool {

    /** The node whose memory direct buffers are, as named in {@code reclaimer.nodes}. */
    public static final String NODE = "direct";

    /**
     * What a pool has and did. Each number is right for a moment, all together only while the pool is not used.
     *
     * @param out buffers that are leased
     * @param free buffers that wait to be leased, or dropped
     * @param bytes what both take
     * @param reclaimed buffers that were dropped so far
     */
    public record Statistics(long out, long free, long bytes, long reclaimed) {}

    private final LruLists<ByteBuffer> free;
    private final int node;
    private final int bufferBytes;
    private final IntFunction<ByteBuffer> allocation;
    private final LongAdder out = new LongAdder();

    private DirectBufferPool(LruLists<ByteBuffer> free, int node, int bufferBytes, IntFunction<ByteBuffer> allocation) {
        this.free = free;
        this.node = node;
        this.bufferBytes = bufferBytes;
        this.allocation = allocation;
    }

    /**
     * Registers an empty pool.
     *
     * @param spec is made one by cgroup and by node, lossless, whose objects are {@code bufferBytes} large
     * @param bufferBytes how large a buffer is, at least 1
     * @return the pool, registered; fails as {@link Reclaimer#register} does
     * @throws ReclaimerException where there is no node {@value #NODE}
     */
    public static CompletionStage<DirectBufferPool> register(Reclaimer reclaimer, ShrinkerSpec spec, int bufferBytes) {
        Objects.requireNonNull(reclaimer, "reclaimer");
        return register(reclaimer, spec, bufferBytes, ByteBuffer::allocateDirect);
    }

    /** The same, with another way to allocate. */
    static CompletionStage<DirectBufferPool> register(
            Reclaimer reclaimer, ShrinkerSpec spec, int bufferBytes, IntFunction<ByteBuffer> allocation) {
        if (bufferBytes < 1) {
            throw new IllegalArgumentException("Direct buffer pool [" + spec.name() + "]: bufferBytes is ["
                    + bufferBytes + "] but has to be 1 or more");
        }
        int node = reclaimer.settings().node(NODE);
        // Nobody else has a free buffer, so to drop it nothing is to be done but to forget it.
        LruOwner<ByteBuffer> owner = buffer -> {};
        return LruLists.register(reclaimer, spec.lossless().objectBytes(bufferBytes), owner)
                .thenApply(lists -> new DirectBufferPool(lists, node, bufferBytes, allocation));
    }

    /**
     * Leases a buffer that belongs to no cgroup: the one given back last, or a new one where none is free.
     *
     * @throws OutOfMemoryError where none is free, and the JVM has no direct memory for another one
     */
    public DirectBufferLease acquire() {
        return lease(free.takeHottestOfRoot(node), Optional.empty());
    }

    /**
     * Leases a buffer for a cgroup: the one given back there last, or a new one where none is free there. Where the JVM
     * has no memory for another one, a free one of any other cgroup.
     *
     * @throws OutOfMemoryError where there is none of these
     */
    public DirectBufferLease acquire(Cgroup cgroup) {
        // What was given back for a cgroup that is offline is in the one above.
        Cgroup nearest = cgroup.isOnline() ? cgroup : cgroup.nearestOnline();
        return lease(free.takeHottest(nearest, node), Optional.of(nearest));
    }

    public Statistics statistics() {
        long nowOut = out.sum();
        long nowFree = free.size();
        return new Statistics(nowOut, nowFree, (nowOut + nowFree) * bufferBytes, free.reclaimed());
    }

    /** The registered shrinker. */
    public ShrinkerHandle handle() {
        return free.handle();
    }

    Shrinker shrinker() {
        return free.shrinker();
    }

    private DirectBufferLease lease(Optional<ByteBuffer> found, Optional<Cgroup> cgroup) {
        ByteBuffer buffer = found.orElseGet(this::allocate);
        out.increment();
        return new DirectBufferLease(buffer, () -> giveBack(buffer, cgroup));
    }

    private void giveBack(ByteBuffer buffer, Optional<Cgroup> cgroup) {
        out.decrement();
        if (cgroup.isPresent()) {
            free.add(cgroup.get(), node, buffer);
        } else {
            free.addToRoot(node, buffer);
        }
    }

    private ByteBuffer allocate() {
        try {
            return allocation.apply(bufferBytes);
        } catch (OutOfMemoryError e) {
            return free.takeAny(node).orElseThrow(() -> outOfMemory(e));
        }
    }

    private OutOfMemoryError outOfMemory(OutOfMemoryError cause) {
        OutOfMemoryError error = new OutOfMemoryError("Direct buffer pool ["
                + handle().spec().name() + "]: no memory for one more buffer of [" + bufferBytes + "] bytes. ["
                + out.sum() + "] are leased and none is free; close leases earlier, or raise the JVM's limit"
                + " [-XX:MaxDirectMemorySize]. The JVM said: " + cause.getMessage());
        error.initCause(cause);
        return error;
    }
}
