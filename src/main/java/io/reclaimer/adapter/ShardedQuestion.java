package io.reclaimer.adapter;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One question to an entity. Taken by the entity when it comes to it, or withdrawn by the tracker when the scan is over
 * before that, whichever comes first. Thread-safe.
 */
final class ShardedQuestion {

    final long number;
    private final AtomicBoolean open = new AtomicBoolean(true);

    ShardedQuestion(long number) {
        this.number = number;
    }

    /** The entity comes to it. False where it was withdrawn, and must not be asked. */
    boolean take() {
        return open.getAndSet(false);
    }

    /** The scan is over. False where the entity was asked before. */
    boolean withdraw() {
        return open.getAndSet(false);
    }
}
