package io.reclaimer.testkit;

import java.util.Random;

/** Random numbers of a test, by a seed that is printed and taken back with {@code -Dreclaimer.seed=}. */
public final class Seeded extends Random {
    private static final long serialVersionUID = 1L;

    private final long seed;

    private Seeded(long seed) {
        super(seed);
        this.seed = seed;
    }

    /** With the seed that was asked for, or a new one. */
    public static Seeded create() {
        Seeded seeded = new Seeded(Long.getLong("reclaimer.seed", System.nanoTime()));
        System.out.println(seeded);
        return seeded;
    }

    /** For a thread of its own, so that threads do not disturb one another's numbers. */
    public Seeded fork(int number) {
        return new Seeded(seed * 31 + number);
    }

    /** Any number of objects from 0 to {@link Long#MAX_VALUE}, of any size as likely as of any other. */
    public long objects() {
        return nextLong() >>> 1 >>> nextInt(63);
    }

    /** What repeats the run. */
    @Override
    public String toString() {
        return "-Dreclaimer.seed=" + seed;
    }
}
