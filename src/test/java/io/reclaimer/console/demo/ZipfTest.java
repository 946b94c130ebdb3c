package io.reclaimer.console.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Statistical tests with fixed seeds, so the results never change. */
class ZipfTest {

    private static final int DRAWS = 400_000;

    /**
     * The keys that are counted one by one. The others are in groups; each group ends at twice the rank of the
     * previous.
     */
    private static final int SINGLE_KEYS = 32;

    /** The allowed deviation of a sum in standard deviations. One seed in a million exceeds it. */
    private static final double SIGMAS = 5;

    @ParameterizedTest
    @CsvSource({
        "1000, 0.9, 1",
        "1000, 0.9, 2",
        "1000, 0.5, 3",
        "1000, 0.99, 4",
        "1000, 1.01, 5",
        "1000, 1.5, 6",
        "1000, 3, 7",
        "200000, 0.9, 8",
        "2, 0.9, 9",
        "3, 2, 10"
    })
    void keysComeAsOftenAsTheLawSays(int keys, double exponent, long seed) {
        double[] shares = sharesByLaw(keys, exponent);
        double[] expected = new double[groupOf(keys) + 1];
        for (int key = 1; key <= keys; key++) {
            expected[groupOf(key)] += DRAWS * shares[key];
        }
        long[] drawn = new long[expected.length];
        Zipf zipf = new Zipf(keys, exponent, new SplittableRandom(seed));
        for (int i = 0; i < DRAWS; i++) {
            drawn[groupOf(zipf.getAsLong())]++;
        }
        double chiSquare = 0;
        for (int group = 0; group < expected.length; group++) {
            double deviation = Math.sqrt(expected[group] * (1 - expected[group] / DRAWS));
            // One draw more is allowed, because the normal approximation is poor for tiny expectations.
            assertThat(Math.abs(drawn[group] - expected[group]))
                    .as("group %d: %d drawn, %.1f expected", group, drawn[group], expected[group])
                    .isLessThanOrEqualTo(SIGMAS * deviation + 1);
            chiSquare += Math.pow(drawn[group] - expected[group], 2) / expected[group];
        }
        int freedom = expected.length - 1;
        assertThat(chiSquare).isLessThan(freedom + SIGMAS * Math.sqrt(2.0 * freedom) + SIGMAS);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.9", "2, 0.1", "5, 0.999999", "1000000, 0.2", "4611686018427387904, 0.9", "1099511627776, 1.2"})
    void keysAreFrom1ToTheirNumber(long keys, double exponent) {
        Zipf zipf = new Zipf(keys, exponent, new SplittableRandom(11));
        assertThat(LongStream.generate(zipf).limit(50_000)).allMatch(key -> key >= 1 && key <= keys);
    }

    @Test
    void firstAndLastKeyBothCome() {
        Zipf zipf = new Zipf(10, 0.9, new SplittableRandom(12));
        assertThat(LongStream.generate(zipf).limit(10_000).distinct().count()).isEqualTo(10);
    }

    @Test
    void oneKeyIsTheOnlyOne() {
        Zipf zipf = new Zipf(1, 2, new SplittableRandom(13));
        assertThat(LongStream.generate(zipf).limit(1_000)).containsOnly(1L);
    }

    @Test
    void sameSeedGivesTheSameKeys() {
        assertThat(keys(21)).isEqualTo(keys(21));
    }

    @Test
    void anotherSeedGivesOtherKeys() {
        assertThat(keys(21)).isNotEqualTo(keys(22));
    }

    @ParameterizedTest
    @CsvSource({"0, 0.9", "-1, 0.9", "10, 0", "10, -0.5", "10, 1", "10, NaN"})
    void badArgumentIsRefusedByItsValue(long keys, double exponent) {
        assertThatThrownBy(() -> new Zipf(keys, exponent, new SplittableRandom(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[" + keys + "]", "[" + exponent + "]");
    }

    @Test
    void itsStringNamesKeysAndExponent() {
        assertThat(new Zipf(1000, 0.9, new SplittableRandom(1))).hasToString("Zipf over 1000 keys, exponent 0.9");
    }

    private static double[] sharesByLaw(int keys, double exponent) {
        double sum = IntStream.rangeClosed(1, keys)
                .mapToDouble(key -> Math.pow(key, -exponent))
                .sum();
        return IntStream.rangeClosed(0, keys)
                .mapToDouble(key -> key == 0 ? 0 : Math.pow(key, -exponent) / sum)
                .toArray();
    }

    private static int groupOf(long key) {
        return key <= SINGLE_KEYS
                ? (int) key - 1
                : SINGLE_KEYS + (63 - Long.numberOfLeadingZeros((key - 1) / SINGLE_KEYS));
    }

    private static long[] keys(long seed) {
        Zipf zipf = new Zipf(200_000, 0.9, new SplittableRandom(seed));
        return LongStream.generate(zipf).limit(1_000).toArray();
    }
}
