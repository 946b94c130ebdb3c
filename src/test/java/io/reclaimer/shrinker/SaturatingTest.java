package io.reclaimer.shrinker;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Seeded;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class SaturatingTest {

    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private final Seeded random = Seeded.create();

    @Test
    void sumsStopAtTheLargestNumber() {
        assertThat(Saturating.add(Long.MAX_VALUE, 0)).isEqualTo(Long.MAX_VALUE);
        assertThat(Saturating.add(Long.MAX_VALUE - 1, 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(Saturating.add(Long.MAX_VALUE, 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(Saturating.add(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void productsStopAtTheLargestNumber() {
        assertThat(Saturating.multiply(0, Long.MAX_VALUE)).isZero();
        assertThat(Saturating.multiply(2, Long.MAX_VALUE / 2)).isEqualTo(Long.MAX_VALUE - 1);
        assertThat(Saturating.multiply(2, Long.MAX_VALUE / 2 + 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(Saturating.multiply(4, 1L << 62)).isEqualTo(Long.MAX_VALUE);
        assertThat(Saturating.multiply(1L << 32, 1L << 32)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void everythingElseIsExact() {
        for (int i = 0; i < 20_000; i++) {
            long a = random.objects();
            long b = random.objects();
            BigInteger first = BigInteger.valueOf(a);
            BigInteger second = BigInteger.valueOf(b);
            assertThat(Saturating.add(a, b))
                    .as("%d + %d, %s", a, b, random)
                    .isEqualTo(first.add(second).min(MOST).longValueExact());
            assertThat(Saturating.multiply(a, b))
                    .as("%d * %d, %s", a, b, random)
                    .isEqualTo(first.multiply(second).min(MOST).longValueExact());
        }
    }
}
