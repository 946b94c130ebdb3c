package io.reclaimer.console;

import java.util.SplittableRandom;

/**
 * Keys from 1 to a number of them, key {@code k} with a probability in proportion to {@code 1 / k^exponent}. The same
 * random numbers give the same keys. Not thread-safe; constant time and memory, whatever the number.
 */
final class Zipf implements KeySource {

    /*
     * Rejection-inversion, after W. Hörmann and G. Derflinger, "Rejection-inversion to generate variates from monotone
     * discrete distributions", ACM TOMACS 6(3), 1996.
     *
     * The histogram with bars of height k^-s around each k lies, on the average, under the density x^-s, whose integral
     * H can be inverted. So a uniform u between H(1.5) - 1, where the first bar starts, and H(n + 0.5) is turned into
     * x = H^-1(u), and rounded to k. It is taken where u falls on the part of that stretch that is as long as the bar is
     * high, at the upper end; where k is not much above x, that is certain and need not be computed.
     */

    private final long keys;
    private final double exponent;
    private final SplittableRandom random;
    private final double start;
    private final double end;
    private final double certain;

    /**
     * @param keys how many there are, at least 1
     * @param exponent above 0 and not 1
     */
    Zipf(long keys, double exponent, SplittableRandom random) {
        if (keys < 1 || !(exponent > 0) || exponent == 1) {
            throw new IllegalArgumentException("Zipf over [" + keys + "] keys with exponent [" + exponent
                    + "], but there has to be a key at least, and the exponent above 0 and not 1");
        }
        this.keys = keys;
        this.exponent = exponent;
        this.random = random;
        this.start = integral(1.5) - 1;
        this.end = integral(keys + 0.5);
        this.certain = 2 - inverse(integral(2.5) - height(2));
    }

    @Override
    public long next() {
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
