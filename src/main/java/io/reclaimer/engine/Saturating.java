package io.reclaimer.engine;

/** Sums and products of object counts, 0 or more, that stop at {@link Long#MAX_VALUE}. */
final class Saturating {

    private Saturating() {}

    static long add(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    static long multiply(long a, long b) {
        return Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE;
    }
}
