package io.reclaimer.engine.unit;

/**
 * Space before the fields of a subclass, so that the thread that writes them shares no cache line with the writer of
 * another object of that class. 128 bytes, because processors fetch lines of 64 bytes in pairs.
 */
@SuppressWarnings("UnusedVariable") // takes space
public abstract class Padded {

    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
}
