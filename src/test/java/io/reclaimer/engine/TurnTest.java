package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TurnTest {

    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private long now = Long.MAX_VALUE - TURN_NANOS;
    private long looks;
    private final Turn turn = new Turn(() -> {
        looks++;
        return now;
    });

    @Test
    void slowCallsEndTheTurnAfterAMillisecond() {
        turn.begin();
        assertThat(turn.isOver()).isFalse();
        now += TURN_NANOS;
        assertThat(turn.isOver()).isFalse();
        now += 1;
        assertThat(callsUntilOver()).isLessThanOrEqualTo(2);
    }

    @Test
    void everySlowCallIsLookedAtAgainInTheNextTurn() {
        turn.begin();
        turn.isOver();
        now += 2 * TURN_NANOS;
        assertThat(turn.isOver()).isTrue();
        turn.begin();
        assertThat(turn.isOver()).isFalse();
        now += 2 * TURN_NANOS;
        assertThat(turn.isOver()).isTrue();
    }

    @Test
    void quickCallsAreNotOver() {
        turn.begin();
        for (int i = 0; i < 10_000; i++) {
            assertThat(turn.isOver()).isFalse();
        }
    }

    @Test
    void clockIsLookedAtSeldomWhereCallsAreQuick() {
        turn.begin();
        for (int i = 0; i < 6_400; i++) {
            turn.isOver();
        }
        assertThat(looks).isLessThan(6_400 / 10);
    }

    @Test
    void turnThatGetsSlowIsNoticedWithin64Calls() {
        turn.begin();
        for (int i = 0; i < 6_400; i++) {
            turn.isOver();
        }
        now += 2 * TURN_NANOS;
        assertThat(callsUntilOver()).isLessThanOrEqualTo(64);
    }

    @Test
    void timeBetweenTwoTurnsIsNobodysTurn() {
        turn.begin();
        turn.isOver();
        now += 100 * TURN_NANOS;
        turn.begin();
        assertThat(turn.isOver()).isFalse();
        assertThat(turn.isOver()).isFalse();
    }

    private int callsUntilOver() {
        int calls = 1;
        while (!turn.isOver()) {
            calls++;
            assertThat(calls).isLessThan(1_000);
        }
        return calls;
    }
}
