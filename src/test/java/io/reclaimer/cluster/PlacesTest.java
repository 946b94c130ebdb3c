package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.cluster.Places.Work;
import org.junit.jupiter.api.Test;

/** Who gets a place, and who waits; time is the test's. */
class PlacesTest {

    private final Places places = new Places(2);

    @Test
    void noMoreWorkThanThereArePlacesAndThenTheOldest() {
        places.enter(work(1, "/a", 1));
        places.enter(work(2, "/b", 2));
        places.enter(work(3, "/c", 3));
        places.enter(work(4, "/d", 4));
        assertNext(1);
        assertNext(2);
        assertThat(places.next()).isEmpty();
        places.leave(2);
        assertNext(3);
        assertThat(places.next()).isEmpty();
        places.leave(1);
        places.leave(3);
        assertNext(4);
        assertThat(places.next()).isEmpty();
    }

    /** However many rounds are requested for one, the others get on. */
    @Test
    void tenantWithManyRoundsDoesNotHoldUpTheOthers() {
        for (int round = 1; round <= 100; round++) {
            places.enter(work(round, "/flood", round));
        }
        places.enter(work(200, "/quiet", 200));
        assertNext(1);
        assertNext(200);
        places.leave(200);
        assertNext(2);
    }

    /** Its shrinkers may be stuck, and all its places with them. */
    @Test
    void tenantAloneNeverHasAllPlaces() {
        for (int most : new int[] {1, 2, 3, 4, 8, 10}) {
            Places some = new Places(most);
            for (int round = 1; round <= 100; round++) {
                some.enter(work(round, "/stuck", round));
            }
            int places = 0;
            while (some.next().isPresent()) {
                places++;
            }
            assertThat(places).isEqualTo(most - most / 4);
            some.enter(work(200, "/quiet", 200));
            assertThat(some.next().isPresent()).isEqualTo(most >= 4);
        }
    }

    @Test
    void memberThatRequestsManyRoundsDoesNotHoldUpTheOthers() {
        for (int round = 1; round <= 100; round++) {
            places.enter(work(round, "/tenant" + round, 7));
        }
        places.enter(work(200, "/tenant200", 8));
        assertNext(1);
        assertNext(200);
        places.leave(1);
        assertNext(2);
    }

    @Test
    void whatDoesNotWaitAnyMoreGetsNoPlace() {
        places.enter(work(1, "/a", 1));
        places.enter(work(2, "/b", 2));
        assertThat(places.stopWaiting(1)).isTrue();
        assertThat(places.stopWaiting(1)).isFalse();
        assertNext(2);
        assertThat(places.stopWaiting(2)).as("it works").isFalse();
        assertThat(places.next()).isEmpty();
    }

    /** Times may be beyond the largest number. */
    @Test
    void whatHasWaitedForTooLongWaitsNoMore() {
        long start = Long.MAX_VALUE - 10;
        assertThat(places.dueNanos()).isEmpty();
        places.enter(new Work(1, "/a", 1, start + 20));
        places.enter(new Work(2, "/a", 1, start + 5));
        places.enter(new Work(3, "/a", 1, start + 30));
        assertThat(places.dueNanos()).hasValue(start + 5);
        assertThat(places.late(start + 4)).isEmpty();
        assertThat(places.late(start + 20)).extracting(Work::round).containsExactly(1L, 2L);
        assertThat(places.dueNanos()).hasValue(start + 30);
        assertNext(3);
        assertThat(places.dueNanos()).isEmpty();
        assertThat(places.late(start + 100)).as("it works").isEmpty();
    }

    private void assertNext(long round) {
        assertThat(places.next().orElseThrow().round()).isEqualTo(round);
    }

    private static Work work(long round, String cgroup, long requester) {
        return new Work(round, cgroup, requester, 1_000);
    }
}
