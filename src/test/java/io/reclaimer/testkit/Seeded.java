package io.reclaimer.testkit;

import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** The random numbers of a test. The seed is printed, and set again with {@code -Dreclaimer.seed=}. */
public final class Seeded extends Random {
    private static final long serialVersionUID = 1L;

    private final long seed;

    private Seeded(long seed) {
        super(seed);
        this.seed = seed;
    }

    /** Creates random numbers with the seed that is set, or else a new one. */
    public static Seeded create() {
        Seeded seeded = new Seeded(Long.getLong("reclaimer.seed", System.nanoTime()));
        System.out.println(seeded);
        return seeded;
    }

    /** Random numbers for one thread, which do not depend on other threads. */
    public Seeded fork(int number) {
        return new Seeded(seed * 31 + number);
    }

    /** Tasks for one thread each, which are called with their number and with random numbers of their own. */
    public Runnable[] tasks(int count, BiConsumer<Integer, Seeded> task) {
        return IntStream.range(0, count)
                .<Runnable>mapToObj(number -> {
                    Seeded random = fork(number);
                    return () -> task.accept(number, random);
                })
                .toArray(Runnable[]::new);
    }

    /** A random number of objects from 0 to {@link Long#MAX_VALUE}; each magnitude is as likely as any other. */
    public long objects() {
        return nextLong() >>> 1 >>> nextInt(63);
    }

    /** The option that repeats the run. */
    @Override
    public String toString() {
        return "-Dreclaimer.seed=" + seed;
    }
}
