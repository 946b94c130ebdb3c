package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnknownSizeTest {

    private static final long LIMIT = 1L << 30;

    private final UnknownSize size = new UnknownSize(LIMIT);

    @Test
    void isAPartOfTheHeapBeforeTheFirstCount() {
        assertThat(size.bytes()).isEqualTo(LIMIT / 16_384);
        assertThat(new UnknownSize(1_000_000).bytes()).isEqualTo(1_024);
    }

    @Test
    void isTheLargestPossibleSize() {
        assertThat(size.counted(1_000, 100_000_000)).isEqualTo(100_000_000);
        assertThat(size.bytes()).isEqualTo(100_000);
    }

    @Test
    void staysUntilAConclusiveCollection() {
        size.counted(1_000, 100_000_000);
        assertThat(size.counted(2_000, 100_000_000)).isEqualTo(200_000_000);
        size.concluded(false);
        assertThat(size.counted(2_000, 100_000_000)).isEqualTo(100_000_000);
    }

    @Test
    void isHalvedEachTimeThatItWasTooLarge() {
        size.counted(1_000, 100_000_000);
        size.freed();
        size.concluded(true);
        assertThat(size.bytes()).isEqualTo(50_000);
        size.counted(1_000, 100_000_000);
        assertThat(size.bytes()).isEqualTo(50_000);
        for (int i = 0; i < 20; i++) {
            size.freed();
            size.concluded(true);
        }
        assertThat(size.bytes()).isEqualTo(1_024);
        size.pressureEnded();
        size.counted(1_000, 100_000_000);
        assertThat(size.bytes()).isEqualTo(100_000);
    }

    /** Nothing was freed, so the size is not known to be too large. */
    @Test
    void staysIfRoundsFreedNothing() {
        size.counted(1_000, 100_000_000);
        size.concluded(true);
        assertThat(size.bytes()).isEqualTo(100_000);
    }

    @Test
    void noObjectsHaveNoBytes() {
        assertThat(size.counted(0, 100)).isZero();
        assertThat(size.bytes()).isEqualTo(LIMIT / 16_384);
        assertThat(size.counted(Long.MAX_VALUE, 0)).isEqualTo(Long.MAX_VALUE);
    }
}
