package io.reclaimer.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefaultsTest {

    private static final Duration HALF_LIFE = Duration.ofSeconds(64);

    private long now = Long.MAX_VALUE - 5;

    @Test
    void nothingHappenedIsARateOfNothing() {
        Refaults refaults = refaults(2, true);
        assertThat(refaults.rate()).isZero();
        assertThat(refaults.seeks()).isEqualTo(2);
    }

    @Test
    void rateIsTheShareThatCameBackAndSumsAreExact() {
        Refaults refaults = refaults(2, true, 1_000_000, 250_000);
        assertThat(refaults.rate()).isCloseTo(0.25, within(0.001));
        assertThat(refaults.reclaimedObjects()).isEqualTo(1_000_000);
        assertThat(refaults.refaultedObjects()).isEqualTo(250_000);
    }

    @Test
    void seeksRiseWithTheRateUpToTheBound() {
        Refaults refaults = refaults(2, true, 1_000_000, 500_000);
        assertThat(refaults.seeks()).isEqualTo(9);
        refaults.recordRefaults(10_000_000);
        assertThat(refaults.rate()).isEqualTo(1);
        assertThat(refaults.seeks()).isEqualTo(16);
    }

    @Test
    void seeksFallAgainWithTime() {
        Refaults refaults = refaults(2, true, 1_000, 1_000);
        int high = refaults.seeks();
        assertThat(high).isEqualTo(14);
        int before = high;
        for (int i = 0; i < 16; i++) {
            now += HALF_LIFE.toNanos();
            assertThat(refaults.seeks()).isLessThanOrEqualTo(before);
            before = refaults.seeks();
        }
        assertThat(before).isEqualTo(2);
    }

    @Test
    void seeksFallWhenWhatIsReclaimedStaysAway() {
        Refaults refaults = refaults(2, true, 10_000, 10_000);
        assertThat(refaults.seeks()).isEqualTo(16);
        refaults.recordReclaimed(1_000_000);
        now += HALF_LIFE.dividedBy(8).toNanos();
        assertThat(refaults.seeks()).isEqualTo(2);
    }

    @Test
    void fewObjectsSayLittle() {
        Refaults refaults = refaults(2, true, 8, 8);
        assertThat(refaults.rate()).isLessThan(0.1);
        assertThat(refaults.seeks()).isLessThanOrEqualTo(3);
    }

    @Test
    void switchedOffTheRateIsKnownAndSeeksStay() {
        Refaults refaults = refaults(2, false, 1_000_000, 1_000_000);
        assertThat(refaults.rate()).isCloseTo(1, within(0.001));
        assertThat(refaults.seeks()).isEqualTo(2);
    }

    @Test
    void whatCostsNothingStaysSo() {
        Refaults refaults = refaults(0, true, 1_000_000, 1_000_000);
        assertThat(refaults.seeks()).isZero();
    }

    @Test
    void seeksDoNotOverflow() {
        Refaults refaults = refaults(Integer.MAX_VALUE, true, Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(refaults.seeks()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void lessThanOneIsNoRefault() {
        Refaults refaults = refaults(2, true);
        refaults.recordRefaults(0);
        refaults.recordRefaults(-5);
        assertThat(refaults.refaultedObjects()).isZero();
    }

    private Refaults refaults(int seeks, boolean raised, long reclaimed, long refaulted) {
        Refaults refaults = refaults(seeks, raised);
        refaults.recordReclaimed(reclaimed);
        refaults.recordRefaults(refaulted);
        return refaults;
    }

    private Refaults refaults(int seeks, boolean raised) {
        return new Refaults(seeks, new Refaults.Settings(raised, 8, HALF_LIFE), () -> now);
    }
}
