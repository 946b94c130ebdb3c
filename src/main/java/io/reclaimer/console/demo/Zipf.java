package io.reclaimer.console.demo;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * A source of random keys from 1 to n by Zipf's law: key {@code k} has a probability proportional to
 * {@code 1 / k^exponent}. The same random numbers produce the same keys. Constant time and memory for any n. Not
 * thread-safe.
 */
public final class Zipf implements LongSupplier {

    /*
     * Rejection-inversion, after W. Hörmann and G. Derflinger, "Rejection-inversion to generate variates from monotone
     * discrete distributions", ACM TOMACS 6(3), 1996.
     *
     * The density x^-s has an integral H with an inverse. It is convex, so its integral from k - 0.5 to k + 0.5 is at
     * least k^-s, the bar of k. A uniform u between H(1.5) - 1, the start of the first bar, and H(n + 0.5) gives x =
     * H^-1(u), which is rounded to k. u is accepted if it lies in the upper part of the interval of k that is as long
     * as the bar is high. If k is at most slightly above x, that is certain, and the comparison is skipped.
     */

    private final long keys;
    private final double exponent;
    private final SplittableRandom random;
    private final double start;
    private final double end;
    private final double certain;

    /**
     * @param keys the number of keys, at least 1
     * @param exponent above 0, other than 1
     */
    public Zipf(long keys, double exponent, SplittableRandom random) {
        if (keys < 1 || !(exponent > 0) || exponent == 1) {
            throw new IllegalArgumentException("Zipf over [" + keys + "] keys with exponent [" + exponent
                    + "] is not allowed; allowed are 1 or more keys and an exponent above 0, other than 1");
        }
        this.keys = keys;
        this.exponent = exponent;
        this.random = random;
        this.start = integral(1.5) - 1;
        this.end = integral(keys + 0.5);
        this.certain = 2 - inverse(integral(2.5) - height(2));
    }

    @Override
    public long getAsLong() {
        while (true) {
            double u = end + random.nextDouble() * (start - end);
            double x = inverse(u);
            long key = Math.max(1, Math.min(keys, Math.round(x)));
            if (key - x <= certain || u >= integral(key + 0.5) - height(key)) {
                return key;
            }
        }
    }

    @Override
    public String toString() {
        return "Zipf over " + keys + " keys, exponent " + exponent;
    }

    private double height(double x) {
        return Math.pow(x, -exponent);
    }

    private double integral(double x) {
        return Math.pow(x, 1 - exponent) / (1 - exponent);
    }

    private double inverse(double integral) {
        return Math.pow(integral * (1 - exponent), 1 / (1 - exponent));
    }
}
