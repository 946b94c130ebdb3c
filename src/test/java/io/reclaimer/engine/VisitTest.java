package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Seeded;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class VisitTest {

    private static final BigInteger ZERO = BigInteger.ZERO;
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);
    private static final int DEFAULT_SEEKS = 2;
    private static final long DEFAULT_BATCH = 128;

    private final Visit visit = new Visit();

    @Test
    void deltaIsAShareByPriorityAndSeeks() {
        assertThat(Visit.delta(1_000, 0, DEFAULT_SEEKS)).isEqualTo(2_000);
        assertThat(Visit.delta(1_000, 2, DEFAULT_SEEKS)).isEqualTo(500);
        assertThat(Visit.delta(4_095, 12, DEFAULT_SEEKS)).isZero();
        assertThat(Visit.delta(4_096, 12, DEFAULT_SEEKS)).isEqualTo(2);
        assertThat(Visit.delta(1_000, 0, 1_000)).isEqualTo(4);
    }

    @Test
    void deltaIsNotRounded() {
        assertThat(Visit.delta(5, 0, 3)).isEqualTo(6);
        assertThat(Visit.delta(7, 1, 7)).isEqualTo(1);
        assertThat(Visit.delta(1, 0, 5)).isZero();
    }

    @Test
    void whatCostsNothingIsHalvedWhateverThePriority() {
        for (int priority = 0; priority <= 12; priority++) {
            assertThat(Visit.delta(1_001, priority, 0)).isEqualTo(500);
        }
        assertThat(Visit.delta(Long.MAX_VALUE, 12, 0)).isEqualTo(Long.MAX_VALUE / 2);
    }

    @Test
    void planIsTheOwedShareAndDeltaUpToTwiceWhatCouldBeFreed() {
        visit.begin(1_000, 4_096, 2, DEFAULT_SEEKS, DEFAULT_BATCH);
        assertThat(visit.delta()).isEqualTo(500);
        assertThat(visit.planned()).isEqualTo(1_024 + 500);
        visit.begin(1_000, 1L << 40, 2, DEFAULT_SEEKS, DEFAULT_BATCH);
        assertThat(visit.planned()).isEqualTo(2_000);
    }

    /** With seeks 2 and batch 128 a fresh cache is scanned at priority p of 2 or more from {@code 64 * 2^p} objects up. */
    @Test
    void smallCachesAreNotHelped() {
        for (int priority = 2; priority <= 12; priority++) {
            long enough = 64L << priority;
            visit.begin(enough - 1, 0, priority, DEFAULT_SEEKS, DEFAULT_BATCH);
            assertThat(visit.wantsScan()).as("priority %d", priority).isFalse();
            visit.begin(enough, 0, priority, DEFAULT_SEEKS, DEFAULT_BATCH);
            assertThat(visit.wantsScan()).as("priority %d", priority).isTrue();
        }
    }

    @Test
    void smallCacheIsEmptiedUnderRealPressure() {
        visit.begin(3, 0, 1, DEFAULT_SEEKS, DEFAULT_BATCH);
        assertThat(visit.wantsScan()).isFalse();
        visit.begin(3, 0, 0, DEFAULT_SEEKS, DEFAULT_BATCH);
        assertThat(visit.wantsScan()).isTrue();
        assertThat(visit.nrToScan()).isEqualTo(6);
    }

    @Test
    void wholeBatchesAreAskedForAndTheRestIsOwed() {
        visit.begin(300, 0, 1, DEFAULT_SEEKS, 128);
        assertThat(visit.planned()).isEqualTo(300);
        for (int i = 0; i < 2; i++) {
            assertThat(visit.wantsScan()).isTrue();
            assertThat(visit.nrToScan()).isEqualTo(128);
            visit.book(128, 100);
        }
        assertThat(visit.wantsScan()).isFalse();
        assertThat(visit.unscanned()).isEqualTo(44);
        assertThat(visit.owed()).isEqualTo(44);
        assertThat(visit.freed()).isEqualTo(200);
        assertThat(visit.scanned()).isEqualTo(256);
    }

    @Test
    void whatWasScannedBeyondThePlanIsNotOwedNegatively() {
        visit.begin(1_000, 0, 3, DEFAULT_SEEKS, 128);
        visit.book(900, 0);
        assertThat(visit.owed()).isZero();
        assertThat(visit.wantsScan()).isFalse();
    }

    @Test
    void owedIsAtMostTwiceWhatCouldBeFreed() {
        visit.begin(10, 1_000, 12, DEFAULT_SEEKS, DEFAULT_BATCH);
        assertThat(visit.owed()).isEqualTo(20);
    }

    @Test
    void nothingIsLeftOfTheVisitBefore() {
        visit.begin(1_000, 500, 0, DEFAULT_SEEKS, 128);
        visit.book(128, 128);
        visit.begin(1_000, 0, 12, DEFAULT_SEEKS, 128);
        assertThat(visit.freed()).isZero();
        assertThat(visit.scanned()).isZero();
        assertThat(visit.deferred()).isZero();
        assertThat(visit.planned()).isZero();
        assertThat(visit.unscanned()).isZero();
    }

    @Test
    void countsUpToTheLargestNumberDoNotOverflow() {
        visit.begin(Long.MAX_VALUE, Long.MAX_VALUE, 0, DEFAULT_SEEKS, Long.MAX_VALUE);
        assertThat(visit.delta()).isEqualTo(Long.MAX_VALUE);
        assertThat(visit.planned()).isEqualTo(Long.MAX_VALUE);
        assertThat(visit.nrToScan()).isEqualTo(Long.MAX_VALUE);
        visit.book(Long.MAX_VALUE, Long.MAX_VALUE);
        visit.book(Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(visit.freed()).isEqualTo(Long.MAX_VALUE);
        assertThat(visit.scanned()).isEqualTo(Long.MAX_VALUE);
        assertThat(visit.unscanned()).isZero();
        assertThat(visit.owed()).isZero();
    }

    @Test
    void everyVisitIsExactUpToSaturation() {
        Seeded random = Seeded.create();
        for (int i = 0; i < 50_000; i++) {
            check(random);
        }
    }

    private void check(Seeded random) {
        long freeable = Math.max(1, random.objects());
        long owed = random.objects();
        int priority = random.nextInt(13);
        int seeks = random.nextInt(1_001);
        long batch = Math.max(1, random.objects());
        String what = "freeable %d, owed %d, priority %d, seeks %d, batch %d, %s"
                .formatted(freeable, owed, priority, seeks, batch, random);

        BigInteger all = BigInteger.valueOf(freeable);
        BigInteger delta = seeks == 0
                ? all.shiftRight(1)
                : saturated(all.shiftRight(priority).shiftLeft(2).divide(BigInteger.valueOf(seeks)));
        BigInteger twice = saturated(all.shiftLeft(1));
        BigInteger left = saturated(
                        BigInteger.valueOf(owed).shiftRight(priority).add(delta))
                .min(twice);
        BigInteger scanned = ZERO;
        BigInteger freed = ZERO;

        visit.begin(freeable, owed, priority, seeks, batch);
        assertThat(visit.delta()).as(what).isEqualTo(delta.longValueExact());
        assertThat(visit.planned()).as(what).isEqualTo(left.longValueExact());
        for (int call = 0; call < 5; call++) {
            assertThat(visit.wantsScan())
                    .as(what)
                    .isEqualTo(left.compareTo(BigInteger.valueOf(batch)) >= 0 || left.compareTo(all) >= 0);
            if (!visit.wantsScan()) {
                break;
            }
            long asked = visit.nrToScan();
            assertThat(asked)
                    .as(what)
                    .isEqualTo(left.min(BigInteger.valueOf(batch)).longValueExact());
            long looked = random.nextBoolean() ? asked : Math.max(1, random.objects() % asked);
            long got = random.objects();
            visit.book(looked, got);
            left = left.subtract(BigInteger.valueOf(looked)).max(ZERO);
            scanned = saturated(scanned.add(BigInteger.valueOf(looked)));
            freed = saturated(freed.add(BigInteger.valueOf(got)));
        }
        assertThat(visit.unscanned()).as(what).isEqualTo(left.longValueExact());
        assertThat(visit.scanned()).as(what).isEqualTo(scanned.longValueExact());
        assertThat(visit.freed()).as(what).isEqualTo(freed.longValueExact());
        assertThat(visit.owed())
                .as(what)
                .isEqualTo(saturated(BigInteger.valueOf(owed).add(delta))
                        .subtract(scanned)
                        .max(ZERO)
                        .min(twice)
                        .longValueExact());
    }

    private static BigInteger saturated(BigInteger number) {
        return number.min(MOST);
    }
}
