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
     * What the holder has.
     *
     * @param view made for this lease: position, limit, mark and byte order are a view's own, so no holder finds what the
     *     last one made of them, and one that still plays with its old view does not disturb them
     * @param giveBack what is to be done when it is closed
     */
    private record Held(ByteBuffer view, Runnable giveBack) {}

    /** Null where it is closed: a closed lease that somebody keeps does not keep the buffer's memory. */
    private final AtomicReference<@Nullable Held> held;

    DirectBufferLease(ByteBuffer buffer, Runnable giveBack) {
        this.held = new AtomicReference<>(new Held(buffer.duplicate(), giveBack));
    }

    /**
     * The buffer, the same at each call: at first from position 0 to its capacity, big endian.
     *
     * @throws IllegalStateException where the lease is closed
     */
    public ByteBuffer buffer() {
        Held now = held.get();
        if (now == null) {
            throw new IllegalStateException(
                    "This lease is closed, and its buffer may be another holder's; acquire one");
        }
        return now.view();
    }

    /** Gives the buffer back to its pool. Again does nothing, be it by two at once. */
    @Override
    public void close() {
        Held first = held.getAndSet(null);
        if (first != null) {
            first.giveBack().run();
        }
    }
}
