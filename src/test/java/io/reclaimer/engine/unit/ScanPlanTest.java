package io.reclaimer.engine.unit;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Seeded;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class ScanPlanTest {

    private static final BigInteger ZERO = BigInteger.ZERO;
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);
    private static final int DEFAULT_SEEKS = 2;
    private static final long DEFAULT_BATCH = 128;

    private final ScanPlan plan = new ScanPlan();

    @Test
    void deltaIsAShareByPriorityAndSeeks() {
        assertThat(ScanPlan.delta(1_000, 0, DEFAULT_SEEKS)).isEqualTo(2_000);
        assertThat(ScanPlan.delta(1_000, 2, DEFAULT_SEEKS)).isEqualTo(500);
        assertThat(ScanPlan.delta(4_095, 12, DEFAULT_SEEKS)).isZero();
        assertThat(ScanPlan.delta(4_096, 12, DEFAULT_SEEKS)).isEqualTo(2);
        assertThat(ScanPlan.delta(1_000, 0, 1_000)).isEqualTo(4);
    }

    @Test
    void deltaIsNotRounded() {
        assertThat(ScanPlan.delta(5, 0, 3)).isEqualTo(6);
        assertThat(ScanPlan.delta(7, 1, 7)).isEqualTo(1);
        assertThat(ScanPlan.delta(1, 0, 5)).isZero();
    }

    @Test
    void whatCostsNothingIsHalvedWhateverThePriority() {
        for (int priority = 0; priority <= 12; priority++) {
            assertThat(ScanPlan.delta(1_001, priority, 0)).isEqualTo(500);
        }
        assertThat(ScanPlan.delta(Long.MAX_VALUE, 12, 0)).isEqualTo(Long.MAX_VALUE / 2);
    }

    @Test
    void planIsTheDeferredShareAndDeltaUpToTwiceWhatCouldBeFreed() {
        plan.begin(1_000, 4_096, 2, DEFAULT_SEEKS, DEFAULT_BATCH);
        assertThat(plan.delta()).isEqualTo(500);
        assertThat(plan.planned()).isEqualTo(1_024 + 500);
        plan.begin(1_000, 1L << 40, 2, DEFAULT_SEEKS, DEFAULT_BATCH);
        assertThat(plan.planned()).isEqualTo(2_000);
    }

    /**
     * With seeks 2 and batch 128 a fresh cache is scanned at priority p of 2 or more from {@code 64 * 2^p} objects up.
     */
    @Test
    void smallCachesAreNotHelped() {
        for (int priority = 2; priority <= 12; priority++) {
            long enough = 64L << priority;
            plan.begin(enough - 1, 0, priority, DEFAULT_SEEKS, DEFAULT_BATCH);
            assertThat(plan.wantsScan()).as("priority %d", priority).isFalse();
            plan.begin(enough, 0, priority, DEFAULT_SEEKS, DEFAULT_BATCH);
            assertThat(plan.wantsScan()).as("priority %d", priority).isTrue();
        }
    }

    @Test
    void smallCacheIsEmptiedUnderRealPressure() {
        plan.begin(3, 0, 1, DEFAULT_SEEKS, DEFAULT_BATCH);
        assertThat(plan.wantsScan()).isFalse();
        plan.begin(3, 0, 0, DEFAULT_SEEKS, DEFAULT_BATCH);
        assertThat(plan.wantsScan()).isTrue();
        assertThat(plan.nrToScan()).isEqualTo(6);
    }

    @Test
    void wholeBatchesAreAskedForAndTheRemainderIsDeferred() {
        plan.begin(300, 0, 1, DEFAULT_SEEKS, 128);
        assertThat(plan.planned()).isEqualTo(300);
        for (int i = 0; i < 2; i++) {
            assertThat(plan.wantsScan()).isTrue();
            assertThat(plan.nrToScan()).isEqualTo(128);
            plan.recordScan(128, 100);
        }
        assertThat(plan.wantsScan()).isFalse();
        assertThat(plan.unscanned()).isEqualTo(44);
        assertThat(plan.remainder()).isEqualTo(44);
        assertThat(plan.freed()).isEqualTo(200);
        assertThat(plan.scanned()).isEqualTo(256);
    }

    @Test
    void whatWasScannedBeyondThePlanIsNotDeferredNegatively() {
        plan.begin(1_000, 0, 3, DEFAULT_SEEKS, 128);
        plan.recordScan(900, 0);
        assertThat(plan.remainder()).isZero();
        assertThat(plan.wantsScan()).isFalse();
    }

    @Test
    void remainderIsAtMostTwiceWhatCouldBeFreed() {
        plan.begin(10, 1_000, 12, DEFAULT_SEEKS, DEFAULT_BATCH);
        assertThat(plan.remainder()).isEqualTo(20);
    }

    @Test
    void nothingRemainsOfTheVisitBefore() {
        plan.begin(1_000, 500, 0, DEFAULT_SEEKS, 128);
        plan.recordScan(128, 128);
        plan.begin(1_000, 0, 12, DEFAULT_SEEKS, 128);
        assertThat(plan.freed()).isZero();
        assertThat(plan.scanned()).isZero();
        assertThat(plan.deferred()).isZero();
        assertThat(plan.planned()).isZero();
        assertThat(plan.unscanned()).isZero();
    }

    @Test
    void countsUpToTheLargestNumberDoNotOverflow() {
        plan.begin(Long.MAX_VALUE, Long.MAX_VALUE, 0, DEFAULT_SEEKS, Long.MAX_VALUE);
        assertThat(plan.delta()).isEqualTo(Long.MAX_VALUE);
        assertThat(plan.planned()).isEqualTo(Long.MAX_VALUE);
        assertThat(plan.nrToScan()).isEqualTo(Long.MAX_VALUE);
        plan.recordScan(Long.MAX_VALUE, Long.MAX_VALUE);
        plan.recordScan(Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(plan.freed()).isEqualTo(Long.MAX_VALUE);
        assertThat(plan.scanned()).isEqualTo(Long.MAX_VALUE);
        assertThat(plan.unscanned()).isZero();
        assertThat(plan.remainder()).isZero();
    }

    @Test
    void everyPlanIsExactUpToSaturation() {
        Seeded random = Seeded.create();
        for (int i = 0; i < 20_000; i++) {
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

        plan.begin(freeable, owed, priority, seeks, batch);
        assertThat(plan.delta()).as(what).isEqualTo(delta.longValueExact());
        assertThat(plan.planned()).as(what).isEqualTo(left.longValueExact());
        for (int call = 0; call < 5; call++) {
            assertThat(plan.wantsScan())
                    .as(what)
                    .isEqualTo(left.compareTo(BigInteger.valueOf(batch)) >= 0 || left.compareTo(all) >= 0);
            if (!plan.wantsScan()) {
                break;
            }
            long asked = plan.nrToScan();
            assertThat(asked)
                    .as(what)
                    .isEqualTo(left.min(BigInteger.valueOf(batch)).longValueExact());
            long looked = random.nextBoolean() ? asked : Math.max(1, random.objects() % asked);
            long got = random.objects();
            plan.recordScan(looked, got);
            left = left.subtract(BigInteger.valueOf(looked)).max(ZERO);
            scanned = saturated(scanned.add(BigInteger.valueOf(looked)));
            freed = saturated(freed.add(BigInteger.valueOf(got)));
        }
        assertThat(plan.unscanned()).as(what).isEqualTo(left.longValueExact());
        assertThat(plan.scanned()).as(what).isEqualTo(scanned.longValueExact());
        assertThat(plan.freed()).as(what).isEqualTo(freed.longValueExact());
        assertThat(plan.remainder())
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
