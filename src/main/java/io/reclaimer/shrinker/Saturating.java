package io.reclaimer.shrinker;

import java.util.stream.LongStream;

/**
 * Sums and products of counts of objects or bytes that stop at {@link Long#MAX_VALUE}. All counts are 0 or more.
 * Thread-safe.
 *
 * <p>A shrinker may answer any number up to that maximum. A sum that wraps around would be negative.
 */
public final class Saturating {

    private Saturating() {}

    /**
     * Returns the sum.
     *
     * @param a 0 or more
     * @param b 0 or more
     */
    public static long add(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /**
     * Returns the product.
     *
     * @param a 0 or more
     * @param b 0 or more
     */
    public static long multiply(long a, long b) {
        return Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE;
    }

    /** Returns the sum of all values, each 0 or more. */
    public static long sum(LongStream values) {
        return values.reduce(0, Saturating::add);
    }
}
