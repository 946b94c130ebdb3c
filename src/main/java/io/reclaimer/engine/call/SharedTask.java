package io.reclaimer.engine.call;

/** A task of the visit dispatcher whose remainder another thread can take over while it runs. */
public interface SharedTask extends Runnable {

    /** Has another thread take over the remainder. Any thread. */
    void handOn();
}
