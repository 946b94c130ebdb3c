package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OldGarbageTest {

    private final OldGarbage garbage = new OldGarbage();

    @Test
    void whatTheOldGenerationShrankByWasTaken() {
        assertThat(taken(0, 100, 0, 60)).isEqualTo(40);
    }

    @Test
    void whatWentBetweenTwoCollectionsWasTaken() {
        taken(0, 100, 0, 100);
        assertThat(taken(0, 70, 0, 70)).isEqualTo(30);
        assertThat(taken(0, 70, 0, 70)).isZero();
    }

    /** Allocated there directly, as large objects are. */
    @Test
    void growthBetweenTwoCollectionsTakesNothing() {
        taken(0, 100, 0, 100);
        assertThat(taken(0, 150, 0, 150)).isZero();
    }

    @Test
    void firstReadingKnowsOfNothingBefore() {
        assertThat(taken(100, 1000, 10, 1000)).isZero();
    }

    @Test
    void promotionAloneTakesNothing() {
        for (int i = 0; i < 20; i++) {
            assertThat(taken(100, 1000 + 40 * i, 10, 1040 + 40 * i)).isZero();
        }
    }

    /** Half survives, as was learned; so what looks like 10 in was 40 in and 30 out. */
    @Test
    void whatIsMissingOfTheUsualSurvivorsWasTaken() {
        for (int i = 0; i < 20; i++) {
            taken(100, 1000 + 40 * i, 10, 1040 + 40 * i);
        }
        assertThat(taken(100, 1800, 10, 1810)).isEqualTo(30);
    }

    /** Once it is learned that less survives, less is missing. */
    @Test
    void lowerShareOfSurvivorsIsLearnedInTime() {
        taken(100, 1000, 0, 1080);
        long old = 1080;
        long first = taken(100, old, 0, old + 20);
        assertThat((double) first).isCloseTo(60, within(1.0));
        long last = first;
        for (int i = 0; i < 300; i++) {
            old += 20;
            long now = taken(100, old, 0, old + 20);
            assertThat(now).isLessThanOrEqualTo(last);
            last = now;
        }
        assertThat(last).isLessThanOrEqualTo(1);
    }

    @Test
    void collectionWithoutAYoungGenerationMissesNothing() {
        taken(100, 1000, 50, 1050);
        assertThat(taken(0, 1050, 0, 1050)).isZero();
    }

    @Test
    void neverNegative() {
        for (long oldAfter : new long[] {0, 500, 1000, 1100, 1500}) {
            for (long youngAfter : new long[] {0, 50, 200}) {
                assertThat(taken(100, 1000, youngAfter, oldAfter)).isNotNegative();
            }
        }
    }

    private long taken(long youngBefore, long oldBefore, long youngAfter, long oldAfter) {
        return garbage.takenBytes(
                new HeapReading(CollectionScope.SOME_OLD, 0, youngBefore, oldBefore, youngAfter, oldAfter));
    }
}
