package io.reclaimer.adapter;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The tracker's message to one entity that asks whether it may stop. Either the entity takes it from its mailbox, or
 * the tracker withdraws it at the end of the scan; only the first of the two succeeds. Thread-safe.
 */
final class ShardedQuestion {

    final long number;
    private final AtomicBoolean open = new AtomicBoolean(true);

    ShardedQuestion(long number) {
        this.number = number;
    }

    /** Takes the question for the entity. Returns false if it was withdrawn; the entity must not be asked then. */
    boolean take() {
        return open.getAndSet(false);
    }

    /** Withdraws the question at the end of the scan. Returns false if the entity had already taken it. */
    boolean withdraw() {
        return open.getAndSet(false);
    }
}
