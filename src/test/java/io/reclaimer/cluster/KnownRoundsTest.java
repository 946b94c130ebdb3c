package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.KnownRound.Stage;
import io.reclaimer.cluster.MemberEnvironment.Requester;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The rounds whose counts and parts get a slot, and those that wait; the clock is the test's. */
class KnownRoundsTest {

    private final KnownRounds rounds = new KnownRounds(2);

    @Test
    void noMoreTasksThanSlotsAndThenTheOldest() {
        add(1, "/a", 1);
        add(2, "/b", 2);
        add(3, "/c", 3);
        add(4, "/d", 4);
        assertNext(1);
        assertNext(2);
        assertThat(rounds.next()).isEmpty();
        release(2);
        assertNext(3);
        assertThat(rounds.next()).isEmpty();
        release(1);
        release(3);
        assertNext(4);
        assertThat(rounds.next()).isEmpty();
    }

    /** The part of an old round waits behind the counts that came before it. */
    @Test
    void partWaitsFromTheMomentWhenItCame() {
        add(1, "/a", 1);
        assertNext(1);
        release(1);
        add(2, "/b", 2);
        rounds.enqueue(round(1), Stage.PART_WAITS, 1_000);
        assertNext(2);
        assertThat(round(2).stage).isEqualTo(Stage.COUNTING);
        assertNext(1);
        assertThat(round(1).stage).isEqualTo(Stage.PART_RUNS);
    }

    /** However many rounds of one tenant wait. */
    @Test
    void tenantWithManyRoundsDoesNotHoldUpTheOthers() {
        for (int round = 1; round <= 100; round++) {
            add(round, "/flood", round);
        }
        add(200, "/quiet", 200);
        assertNext(1);
        assertNext(200);
        release(200);
        assertNext(2);
    }

    /** The shrinkers of a tenant may be stuck, and all its slots with them. */
    @Test
    void tenantAloneNeverHasAllSlots() {
        for (int slots : new int[] {1, 2, 3, 4, 8, 10}) {
            KnownRounds some = new KnownRounds(slots);
            for (int round = 1; round <= 100; round++) {
                some.add(known(round, "/stuck", round), 1_000);
            }
            int running = 0;
            while (some.next().isPresent()) {
                running++;
            }
            assertThat(running).isEqualTo(slots - slots / 4);
            some.add(known(200, "/quiet", 200), 1_000);
            assertThat(some.next().isPresent()).isEqualTo(slots >= 4);
        }
    }

    @Test
    void memberThatRequestsManyRoundsDoesNotHoldUpTheOthers() {
        for (int round = 1; round <= 100; round++) {
            add(round, "/tenant" + round, 7);
        }
        add(200, "/tenant200", 8);
        assertNext(1);
        assertNext(200);
        release(1);
        assertNext(2);
    }

    @Test
    void removedTaskGetsNoSlot() {
        add(1, "/a", 1);
        add(2, "/b", 2);
        assertThat(rounds.endWait(round(1))).isTrue();
        assertThat(rounds.endWait(round(1))).isFalse();
        assertNext(2);
        assertThat(rounds.endWait(round(2))).as("it runs").isFalse();
        assertThat(rounds.next()).isEmpty();
    }

    /** The clock may overflow. */
    @Test
    void lateTasksAreRemoved() {
        long start = Long.MAX_VALUE - 10;
        assertThat(rounds.dueNanos()).isEmpty();
        rounds.add(known(1, "/a", 1), start + 20);
        rounds.add(known(2, "/a", 1), start + 5);
        rounds.add(known(3, "/a", 1), start + 30);
        assertThat(rounds.dueNanos()).hasValue(start + 5);
        assertThat(rounds.endLateWaits(start + 4)).isEmpty();
        assertThat(rounds.endLateWaits(start + 20))
                .extracting(known -> known.number)
                .containsExactly(1L, 2L);
        assertThat(rounds.dueNanos()).hasValue(start + 30);
        assertNext(3);
        assertThat(rounds.dueNanos()).isEmpty();
        assertThat(rounds.endLateWaits(start + 100)).as("it runs").isEmpty();
    }

    private void assertNext(long round) {
        assertThat(rounds.next().orElseThrow().number).isEqualTo(round);
    }

    private void add(long round, String cgroup, long requester) {
        rounds.add(known(round, cgroup, requester), 1_000);
    }

    private void release(long round) {
        round(round).stage = Stage.OFFERED;
    }

    private KnownRound round(long number) {
        return Objects.requireNonNull(rounds.get(number));
    }

    private KnownRound known(long round, String cgroup, long requester) {
        return new KnownRound(
                reply -> {},
                new Requester(requester, false),
                ReclaimRequest.in(cgroup),
                Messages.count(round, 3, cgroup),
                0);
    }
}
