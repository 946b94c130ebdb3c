package io.reclaimer.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** A stage that is complete, and tells each listener its value twice. */
public final class Twice extends CompletableFuture<Long> {

    public Twice(long value) {
        complete(value);
    }

    @Override
    public CompletableFuture<Long> whenComplete(BiConsumer<? super Long, ? super Throwable> action) {
        action.accept(join(), null);
        action.accept(join(), null);
        return this;
    }
}
