package io.reclaimer.engine.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimeSliceTest {

    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private long now = Long.MAX_VALUE - SLICE_NANOS;
    private long readings;
    private final TimeSlice slice = new TimeSlice(() -> {
        readings++;
        return now;
    });

    @Test
    void slowCallsEndTheSliceAfterAMillisecond() {
        slice.begin();
        assertThat(slice.isOverAfterCall()).isFalse();
        now += SLICE_NANOS;
        assertThat(slice.isOverAfterCall()).isFalse();
        now += 1;
        assertThat(callsUntilOver()).isLessThanOrEqualTo(2);
    }

    @Test
    void everySlowCallIsTimedAgainInTheNextSlice() {
        slice.begin();
        slice.isOverAfterCall();
        now += 2 * SLICE_NANOS;
        assertThat(slice.isOverAfterCall()).isTrue();
        slice.begin();
        assertThat(slice.isOverAfterCall()).isFalse();
        now += 2 * SLICE_NANOS;
        assertThat(slice.isOverAfterCall()).isTrue();
    }

    @Test
    void quickCallsDoNotEndTheSlice() {
        slice.begin();
        for (int i = 0; i < 10_000; i++) {
            assertThat(slice.isOverAfterCall()).isFalse();
        }
    }

    @Test
    void clockIsReadSeldomWhereCallsAreQuick() {
        slice.begin();
        for (int i = 0; i < 6_400; i++) {
            slice.isOverAfterCall();
        }
        assertThat(readings).isLessThan(6_400 / 10);
    }

    @Test
    void sliceThatGetsSlowIsNoticedWithin64Calls() {
        slice.begin();
        for (int i = 0; i < 6_400; i++) {
            slice.isOverAfterCall();
        }
        now += 2 * SLICE_NANOS;
        assertThat(callsUntilOver()).isLessThanOrEqualTo(64);
    }

    @Test
    void timeBetweenTwoSlicesBelongsToNone() {
        slice.begin();
        slice.isOverAfterCall();
        now += 100 * SLICE_NANOS;
        slice.begin();
        assertThat(slice.isOverAfterCall()).isFalse();
        assertThat(slice.isOverAfterCall()).isFalse();
    }

    private int callsUntilOver() {
        int calls = 1;
        while (!slice.isOverAfterCall()) {
            calls++;
            assertThat(calls).isLessThan(1_000);
        }
        return calls;
    }
}
