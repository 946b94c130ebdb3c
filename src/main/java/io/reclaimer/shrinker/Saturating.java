package io.reclaimer.shrinker;

import java.util.stream.LongStream;

/**
 * Sums and products of counts of objects or bytes, 0 or more, that stop at {@link Long#MAX_VALUE}: a shrinker may answer any
 * number up to that, and a sum that wraps around would say that something was less than nothing. Any thread.
 */
public final class Saturating {

    private Saturating() {}

    /**
     * The sum.
     *
     * @param a 0 or more
     * @param b 0 or more
     */
    public static long add(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /**
     * The product.
     *
     * @param a 0 or more
     * @param b 0 or more
     */
    public static long multiply(long a, long b) {
        return Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE;
    }

    /** The sum of all; each 0 or more. */
    public static long sum(LongStream values) {
        return values.reduce(0, Saturating::add);
    }
}
