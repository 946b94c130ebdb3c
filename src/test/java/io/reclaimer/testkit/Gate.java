package io.reclaimer.testkit;

import java.util.concurrent.CountDownLatch;

/** Where a shrinker's call stands still until the test lets it go. */
public final class Gate {

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /** Stands still until {@link #open}; from then on goes through. */
    public void pass() {
        entered.countDown();
        Threads.await(opened);
    }

    /** Waits until somebody stands here. */
    public void awaitEntered() {
        Threads.await(entered);
    }

    public void open() {
        opened.countDown();
    }
}
