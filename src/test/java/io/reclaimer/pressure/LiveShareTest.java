package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LiveShareTest {

    private static final long LIMIT = 1_000_000;

    private final LiveShare share = new LiveShare(LIMIT);

    @Test
    void beforeAnythingFellRisesCountInFull() {
        assertThat(share.value()).isOne();
        share.rose(LIMIT / 2);
        assertThat(share.value()).isOne();
    }

    @Test
    void moreOfWhatRoseFallsTheLessARiseCounts() {
        double before = share.value();
        for (int i = 0; i < 5; i++) {
            share.rose(LIMIT / 10);
            share.fell(LIMIT / 20);
            assertThat(share.value()).isLessThan(before);
            before = share.value();
        }
    }

    @Test
    void shareComesToWhatStays() {
        for (int i = 0; i < 1000; i++) {
            share.rose(LIMIT / 100);
            share.fell(LIMIT / 400);
        }
        assertThat(share.value()).isCloseTo(0.75, within(0.02));
    }

    @Test
    void growthThatStaysIsLearnedAnew() {
        for (int i = 0; i < 1000; i++) {
            share.rose(LIMIT / 100);
            share.fell(LIMIT / 100);
        }
        assertThat(share.value()).isLessThan(0.3);
        for (int i = 0; i < 1000; i++) {
            share.rose(LIMIT / 100);
        }
        assertThat(share.value()).isGreaterThan(0.95);
    }

    @Test
    void riseAlwaysCountsALittle() {
        share.fell(100 * LIMIT);
        assertThat(share.value()).isStrictlyBetween(0.0, 0.5);
    }
}
