package io.reclaimer.adapter;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A direct buffer of a {@link DirectBufferPool} in the hands of one holder, until it is closed; the buffer and all views of
 * it must not be used after that, for they show the next holder's. Closing is for any thread; the buffer is for one at a
 * time, as all buffers are.
 */
public final class DirectBufferLease implements AutoCloseable {

    /**
     * A view made for this lease. Position, limit, mark and byte order are a view's own, so no holder finds what the last
     * one made of them, and one that still plays with its old view does not disturb them.
     */
    private final ByteBuffer view;

    /** What is to be done when it is closed; null where it is. */
    private final AtomicReference<@Nullable Runnable> giveBack;

    DirectBufferLease(ByteBuffer buffer, Runnable giveBack) {
        this.view = buffer.duplicate();
        this.giveBack = new AtomicReference<>(giveBack);
    }

    /**
     * The buffer, the same at each call: at first from position 0 to its capacity, big endian.
     *
     * @throws IllegalStateException where the lease is closed
     */
    public ByteBuffer buffer() {
        if (giveBack.get() == null) {
            throw new IllegalStateException(
                    "This lease is closed, and its buffer may be another holder's; acquire one");
        }
        return view;
    }

    /** Gives the buffer back to its pool. Again does nothing, be it by two at once. */
    @Override
    public void close() {
        Runnable first = giveBack.getAndSet(null);
        if (first != null) {
            first.run();
        }
    }
}
