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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of direct buffers of one size. The reclaimer may drop its free buffers, the coldest first. The buffers belong
 * to the node {@value #NODE}; the pool has no objects on other nodes. Thread-safe.
 *
 * <pre>{@code
 * try (DirectBufferLease lease = pool.acquire()) {
 *   channel.read(lease.buffer());
 * }
 * }</pre>
 *
 * <p>A buffer is acquired for a cgroup or for none. A returned buffer is free in its cgroup, or in the nearest ancestor
 * that is online at that time. It keeps the bytes that its last holder wrote.
 *
 * <p>The memory of a reclaimed buffer is released when a garbage collection finds the buffer unreachable. The pool does
 * not unmap it, because the use of a view after the lease would then crash the JVM. Therefore the shrinker does not
 * declare that it frees at once. After a round the pool requests one collection ({@code System.gc}), 100 ms after the
 * first buffer was reclaimed. It waits longer if its last such collection was long: the collections that a pool
 * requests take at most a twentieth of the time. Until its memory is released, a reclaimed buffer is leased again
 * before a new one is allocated.
 *
 * <p>If explicit collections are disabled ({@code -XX:+DisableExplicitGC}), the memory would not be released. Rounds
 * then reclaim no buffers, and their reports count the pool's visits as {@code STOPPED}.
 *
 * <p>A lease that is never closed keeps its buffer until both are garbage, and counts as leased forever.
 */
public final class DirectBufferPool {

    /** The name of the node of direct buffers in {@code reclaimer.nodes}. */
    public static final String NODE = "direct";

    /**
     * Counters of a pool. Each value was correct at some moment of the call; together they are consistent only while
     * the pool is not in use.
     *
     * <p>Instances come from the pool. Later versions may add methods, so only fakes in tests implement this interface.
     */
    public interface Statistics {

        /** Returns the number of leased buffers. */
        long leased();

        /** Returns the number of buffers that can be leased or reclaimed. */
        long free();

        /** Returns the bytes of the leased and the free buffers. */
        long bytes();

        /**
         * Returns the number of buffers that were reclaimed so far, except those that were leased again before their
         * memory was released.
         */
        long reclaimed();
    }

    record Snapshot(long leased, long free, long bytes, long reclaimed) implements Statistics {}

    private static final Logger LOG = LoggerFactory.getLogger(DirectBufferPool.class);

    private final LruLists<ByteBuffer> free;
    private final int node;
    private final int bufferBytes;
    private final IntFunction<ByteBuffer> allocation;
    private final ReclaimedBuffers reclaimed;
    private final DirectMemory memory;
    private final LongAdder leased = new LongAdder();

    private DirectBufferPool(
            LruLists<ByteBuffer> free,
            int node,
            int bufferBytes,
            IntFunction<ByteBuffer> allocation,
            ReclaimedBuffers reclaimed,
            DirectMemory memory) {
        this.free = free;
        this.reclaimed = reclaimed;
        this.memory = memory;
        this.node = node;
        this.bufferBytes = bufferBytes;
        this.allocation = allocation;
    }

    /**
     * Registers an empty pool.
     *
     * @param spec is changed to be cgroup-aware, NUMA-aware and lossless, with objects of {@code bufferBytes} bytes; if
     *     it names no nodes, to the node {@value #NODE}
     * @param bufferBytes the size of a buffer in bytes, at least 1
     * @return the registered pool; fails as {@link Reclaimer#register} does
     * @throws IllegalArgumentException if {@code bufferBytes} is below 1
     * @throws ReclaimerException if there is no node {@value #NODE}
     */
    public static CompletionStage<DirectBufferPool> register(Reclaimer reclaimer, ShrinkerSpec spec, int bufferBytes) {
        Objects.requireNonNull(reclaimer, "reclaimer");
        return register(reclaimer, spec, bufferBytes, ByteBuffer::allocateDirect, new DirectMemory());
    }

    /** Registers a pool with the given allocator and direct memory. */
    static CompletionStage<DirectBufferPool> register(
            Reclaimer reclaimer,
            ShrinkerSpec spec,
            int bufferBytes,
            IntFunction<ByteBuffer> allocation,
            DirectMemory memory) {
        if (bufferBytes < 1) {
            throw new IllegalArgumentException("Direct buffer pool [" + spec.name() + "]: bufferBytes is ["
                    + bufferBytes + "] but has to be 1 or more");
        }
        int node = reclaimer.settings().node(NODE);
        if (!memory.isReleasable()) {
            LOG.warn(
                    "Direct buffer pool [{}]: rounds reclaim none of its buffers, as their memory would not come back"
                            + " without explicit garbage collections [-XX:+DisableExplicitGC]",
                    spec.name());
        }
        ReclaimedBuffers reclaimed = new ReclaimedBuffers();
        LruOwner<ByteBuffer> owner = buffer -> {
            reclaimed.add(buffer);
            memory.collect(reclaimed);
        };
        ShrinkerSpec onItsNode = spec.isOnAllNodes() ? spec.onNodes(node) : spec;
        return LruLists.register(
                        reclaimer,
                        onItsNode.lossless().objectBytes(bufferBytes),
                        owner,
                        Optional.empty(),
                        memory::isReleasable)
                .thenApply(lists -> new DirectBufferPool(lists, node, bufferBytes, allocation, reclaimed, memory));
    }

    /**
     * Leases a buffer that belongs to no cgroup. It is the free buffer returned last, else a reclaimed one whose memory
     * is not released yet, else a new one. If the JVM has no direct memory left for a new one, it is a free buffer of
     * any cgroup.
     *
     * @throws OutOfMemoryError if there is no such buffer, and the JVM has no direct memory for a new one
     */
    public DirectBufferLease acquire() {
        return lease(free.takeHottestOfRoot(node), Optional.empty());
    }

    /**
     * Leases a buffer for a cgroup. It is the cgroup's free buffer returned last, else a reclaimed one whose memory is
     * not released yet, else a new one. If the JVM has no direct memory left for a new one, it is a free buffer of any
     * other cgroup, so that the JVM need not collect garbage first.
     *
     * @throws OutOfMemoryError if there is no such buffer, and the JVM has no direct memory for a new one
     */
    public DirectBufferLease acquire(Cgroup cgroup) {
        // Buffers returned for an offline cgroup are in its nearest online ancestor.
        Cgroup nearest = cgroup.isOnline() ? cgroup : cgroup.nearestOnline();
        return lease(free.takeHottest(nearest, node), Optional.of(nearest));
    }

    public Statistics statistics() {
        long nowLeased = leased.sum();
        long nowFree = free.size();
        return new Snapshot(nowLeased, nowFree, (nowLeased + nowFree) * bufferBytes, reclaimed.count());
    }

    /** Returns the handle of the registered shrinker. */
    public ShrinkerHandle handle() {
        return free.handle();
    }

    Shrinker shrinker() {
        return free.shrinker();
    }

    private DirectBufferLease lease(Optional<ByteBuffer> found, Optional<Cgroup> cgroup) {
        ByteBuffer buffer = found.orElseGet(this::allocate);
        leased.increment();
        return new DirectBufferLease(buffer, () -> takeBack(buffer, cgroup));
    }

    private void takeBack(ByteBuffer buffer, Optional<Cgroup> cgroup) {
        leased.decrement();
        if (cgroup.isPresent()) {
            free.add(cgroup.get(), node, buffer);
        } else {
            free.addToRoot(node, buffer);
        }
    }

    /** Prefers a buffer whose memory exists to a new one for which the JVM may have to collect garbage. */
    private ByteBuffer allocate() {
        Optional<ByteBuffer> there = reclaimed.take();
        if (there.isEmpty() && memory.isUsedUp(bufferBytes)) {
            there = free.takeAny(node);
        }
        if (there.isPresent()) {
            return there.get();
        }
        try {
            return allocation.apply(bufferBytes);
        } catch (OutOfMemoryError e) {
            return free.takeAny(node).or(reclaimed::take).orElseThrow(() -> outOfMemory(e));
        }
    }

    private OutOfMemoryError outOfMemory(OutOfMemoryError cause) {
        OutOfMemoryError error = new OutOfMemoryError("Direct buffer pool ["
                + handle().spec().name() + "]: no memory for one more buffer of [" + bufferBytes + "] bytes. ["
                + leased.sum() + "] are leased and none is free; close leases earlier, or raise the JVM's limit"
                + " [-XX:MaxDirectMemorySize]. The JVM said: " + cause.getMessage());
        error.initCause(cause);
        return error;
    }
}
