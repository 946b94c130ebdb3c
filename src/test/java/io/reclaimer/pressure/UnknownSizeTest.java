package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnknownSizeTest {

    private static final long LIMIT = 1L << 30;

    private final UnknownSize size = new UnknownSize(LIMIT);

    @Test
    void isAPartOfTheHeapBeforeAnythingIsCounted() {
        assertThat(size.bytes()).isEqualTo(LIMIT / 16_384);
        assertThat(new UnknownSize(1_000_000).bytes()).isEqualTo(1_024);
    }

    @Test
    void isTheMostThatItCanBe() {
        assertThat(size.held(1_000, 100_000_000)).isEqualTo(100_000_000);
        assertThat(size.bytes()).isEqualTo(100_000);
    }

    @Test
    void staysUntilACollectionTellsAnew() {
        size.held(1_000, 100_000_000);
        assertThat(size.held(2_000, 100_000_000)).isEqualTo(200_000_000);
        size.told(false);
        assertThat(size.held(2_000, 100_000_000)).isEqualTo(100_000_000);
    }

    @Test
    void isHalvedEachTimeThatItWasTooLarge() {
        size.held(1_000, 100_000_000);
        size.told(true);
        assertThat(size.bytes()).isEqualTo(50_000);
        size.held(1_000, 100_000_000);
        assertThat(size.bytes()).isEqualTo(50_000);
        for (int i = 0; i < 20; i++) {
            size.told(true);
        }
        assertThat(size.bytes()).isEqualTo(1_024);
        size.over();
        size.held(1_000, 100_000_000);
        assertThat(size.bytes()).isEqualTo(100_000);
    }

    @Test
    void noneOfThemHoldNothing() {
        assertThat(size.held(0, 100)).isZero();
        assertThat(size.bytes()).isEqualTo(LIMIT / 16_384);
        assertThat(size.held(Long.MAX_VALUE, 0)).isEqualTo(Long.MAX_VALUE);
    }
}
