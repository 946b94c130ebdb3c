package io.reclaimer.adapter;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A lease of a direct buffer of a {@link DirectBufferPool}. It ends with {@link #close}; after that the buffer and all
 * views of it must not be used, because the next lease shares their memory. The lease is thread-safe. The buffer, like
 * every {@link ByteBuffer}, is for one thread at a time.
 */
public final class DirectBufferLease implements AutoCloseable {

    /**
     * The contents of an open lease.
     *
     * @param view made for this lease. Position, limit, mark and byte order belong to a view, so a holder does not see
     *     those of the previous holder, and a holder that keeps an old view does not disturb them.
     * @param onClose returns the buffer to the pool
     */
    private record Contents(ByteBuffer view, Runnable onClose) {}

    /** Null after the lease is closed, so that a reference to a closed lease does not retain the buffer's memory. */
    private final AtomicReference<@Nullable Contents> contents;

    DirectBufferLease(ByteBuffer buffer, Runnable onClose) {
        this.contents = new AtomicReference<>(new Contents(buffer.duplicate(), onClose));
    }

    /**
     * Returns the buffer, the same one at each call. At first its position is 0, its limit is its capacity and its byte
     * order is big endian.
     *
     * @throws IllegalStateException if the lease is closed
     */
    public ByteBuffer buffer() {
        Contents now = contents.get();
        if (now == null) {
            throw new IllegalStateException(
                    "This lease is closed, and its buffer may be another holder's; acquire one");
        }
        return now.view();
    }

    /** Returns the buffer to its pool. Only the first call has an effect, even if threads call it concurrently. */
    @Override
    public void close() {
        Contents first = contents.getAndSet(null);
        if (first != null) {
            first.onClose().run();
        }
    }
}
