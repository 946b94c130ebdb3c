package io.reclaimer.adapter;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Buffers that rounds reclaimed from a pool and whose memory is not released yet, because no garbage collection has
 * found them unreachable. Each can be leased again until then, so a round never reduces the memory that the pool can
 * lease. Thread-safe.
 */
final class ReclaimedBuffers {

    /** The buffers neither taken nor known to be collected. Each reference is removed exactly once. */
    private final Set<Reference<? extends ByteBuffer>> buffers = ConcurrentHashMap.newKeySet();

    private final ReferenceQueue<ByteBuffer> collected = new ReferenceQueue<>();
    private final LongAdder added = new LongAdder();
    private final LongAdder taken = new LongAdder();

    void add(ByteBuffer buffer) {
        removeCollected();
        added.increment();
        buffers.add(new WeakReference<>(buffer, collected));
    }

    /** Removes and returns a buffer that is not collected yet. */
    Optional<ByteBuffer> take() {
        removeCollected();
        for (Iterator<Reference<? extends ByteBuffer>> all = buffers.iterator(); all.hasNext(); ) {
            Reference<? extends ByteBuffer> next = all.next();
            ByteBuffer buffer = next.get();
            if (buffer != null && buffers.remove(next)) {
                taken.increment();
                return Optional.of(buffer);
            }
        }
        return Optional.empty();
    }

    /** Returns how many buffers were added, except those that were taken again. */
    long count() {
        return added.sum() - taken.sum();
    }

    /** Returns whether the memory of all reclaimed buffers is released or taken. */
    boolean isEmpty() {
        removeCollected();
        return buffers.isEmpty();
    }

    private void removeCollected() {
        for (Reference<? extends ByteBuffer> gone = collected.poll(); gone != null; gone = collected.poll()) {
            buffers.remove(gone);
        }
    }
}
