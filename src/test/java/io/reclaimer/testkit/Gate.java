package io.reclaimer.testkit;

import java.util.concurrent.CountDownLatch;

/** A gate at which a shrinker's call blocks until the test opens it. Thread-safe. */
public final class Gate {

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /** Blocks until {@link #open}. */
    public void pass() {
        entered.countDown();
        Threads.await(opened);
    }

    /** Waits until a call has come to the gate. */
    public void awaitEntered() {
        Threads.await(entered);
    }

    public void open() {
        opened.countDown();
    }
}
