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
 * <p>The memory of a reclaimed buffer is back when a garbage collection has found that nobody has it any more: the pool
 * does not unmap it by force, for whoever kept a view of it past the lease would then bring down the JVM. So the shrinker
 * does not say that it frees at once. After a round the pool asks for one collection ({@code System.gc}), a tenth of a
 * second later where these took less than a twentieth of the time so far, otherwise when they do again. Until its memory is
 * back, a reclaimed buffer is leased again before a new one is allocated.
 *
 * <p>Where explicit collections are disabled ({@code -XX:+DisableExplicitGC}) that memory would not come back: rounds
 * reclaim nothing then, and their reports say {@code STOPPED}.
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
     * @param free buffers that wait to be leased, or reclaimed
     * @param bytes what both take
     * @param reclaimed buffers that were reclaimed so far and not leased again before their memory was back
     */
    public record Statistics(long out, long free, long bytes, long reclaimed) {}

    private static final Logger LOG = LoggerFactory.getLogger(DirectBufferPool.class);

    private final LruLists<ByteBuffer> free;
    private final int node;
    private final int bufferBytes;
    private final IntFunction<ByteBuffer> allocation;
    private final GivenUpBuffers givenUp;
    private final DirectMemory memory;
    private final LongAdder out = new LongAdder();

    private DirectBufferPool(
            LruLists<ByteBuffer> free,
            int node,
            int bufferBytes,
            IntFunction<ByteBuffer> allocation,
            GivenUpBuffers givenUp,
            DirectMemory memory) {
        this.free = free;
        this.givenUp = givenUp;
        this.memory = memory;
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
        return register(reclaimer, spec, bufferBytes, ByteBuffer::allocateDirect, new DirectMemory());
    }

    /** The same, with another way to allocate, and another memory. */
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
        if (!memory.comesBack()) {
            LOG.warn(
                    "Direct buffer pool [{}]: rounds reclaim none of its buffers, as their memory would not come back"
                            + " without explicit garbage collections [-XX:+DisableExplicitGC]",
                    spec.name());
        }
        GivenUpBuffers givenUp = new GivenUpBuffers();
        LruOwner<ByteBuffer> owner = buffer -> {
            givenUp.add(buffer);
            memory.collect(givenUp);
        };
        ShrinkerSpec onItsNode = spec.nodes().isEmpty() ? spec.onNodes(node) : spec;
        return LruLists.register(
                        reclaimer,
                        onItsNode.lossless().objectBytes(bufferBytes),
                        owner,
                        Optional.empty(),
                        memory::comesBack)
                .thenApply(lists -> new DirectBufferPool(lists, node, bufferBytes, allocation, givenUp, memory));
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
     * has no memory left for another one, a free one of any other cgroup, before the JVM has to collect garbage for it.
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
        return new Statistics(nowOut, nowFree, (nowOut + nowFree) * bufferBytes, givenUp.givenUp());
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

    /** One whose memory is there comes before one for which the JVM may have to collect garbage. */
    private ByteBuffer allocate() {
        Optional<ByteBuffer> there = givenUp.take();
        if (there.isEmpty() && memory.isUsedUp(bufferBytes)) {
            there = free.takeAny(node);
        }
        if (there.isPresent()) {
            return there.get();
        }
        try {
            return allocation.apply(bufferBytes);
        } catch (OutOfMemoryError e) {
            return free.takeAny(node).or(givenUp::take).orElseThrow(() -> outOfMemory(e));
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
