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
 * Buffers that rounds took from a pool and whose memory is not back: it is when a garbage collection has found that nobody
 * has them. Until then each can be leased again, so a round never leaves less than there was before. Thread-safe.
 */
final class GivenUpBuffers {

    /** All that are neither collected, as far as is known, nor taken. Exactly one of these two removes one. */
    private final Set<Reference<? extends ByteBuffer>> buffers = ConcurrentHashMap.newKeySet();

    private final ReferenceQueue<ByteBuffer> collected = new ReferenceQueue<>();
    private final LongAdder added = new LongAdder();
    private final LongAdder taken = new LongAdder();

    void add(ByteBuffer buffer) {
        removeCollected();
        added.increment();
        buffers.add(new WeakReference<>(buffer, collected));
    }

    /** Takes one that was not collected. */
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

    /** How many were given up, but for those that were taken again. */
    long givenUp() {
        return added.sum() - taken.sum();
    }

    /** Whether none is left whose memory is not back. */
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
