package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Seeded;
import org.junit.jupiter.api.Test;

class CreditTest {

    private final Credit credit = new Credit();

    @Test
    void bytesThatRoundsFreedAreCredited() {
        assertThat(credit.bytes()).isZero();
        assertThat(credit.add(100, 10, 20)).isEqualTo(100);
        assertThat(credit.add(50, 20, 30)).isEqualTo(50);
        assertThat(credit.bytes()).isEqualTo(150);
    }

    @Test
    void roundThatFreedNothingIsNotCredited() {
        assertThat(credit.add(0, 10, 20)).isZero();
        assertThat(credit.bytes()).isZero();
    }

    @Test
    void collectionSettlesTheBytesThatItRemoved() {
        credit.add(100, 10, 20);
        credit.add(50, 20, 30);
        credit.settle(120);
        assertThat(credit.bytes()).isEqualTo(30);
    }

    @Test
    void collectionSettlesNoMoreThanTheCredit() {
        credit.add(100, 10, 20);
        credit.settle(1000);
        assertThat(credit.bytes()).isZero();
        credit.settle(1000);
        credit.add(70, 20, 30);
        assertThat(credit.bytes()).isEqualTo(70);
    }

    @Test
    void bytesFreedFirstAreSettledFirst() {
        credit.add(100, 10, 20);
        credit.add(50, 100, 110);
        credit.settle(100);
        credit.settleUntil(50);
        assertThat(credit.bytes()).isEqualTo(50);
    }

    @Test
    void collectionOfAllGarbageSettlesBytesFreedBefore() {
        credit.add(100, 10, 20);
        credit.add(50, 30, 40);
        credit.settleUntil(20);
        assertThat(credit.bytes()).isEqualTo(50);
        credit.settleUntil(40);
        assertThat(credit.bytes()).isZero();
    }

    @Test
    void collectionInTheMiddleOfARoundSettlesItsPart() {
        credit.add(100, 10, 20);
        credit.settleUntil(13);
        assertThat(credit.bytes()).isEqualTo(70);
    }

    @Test
    void collectionReportedBeforeTheRoundSettlesTheSamePart() {
        credit.settleUntil(13);
        assertThat(credit.add(100, 10, 20)).isEqualTo(70);
        assertThat(credit.bytes()).isEqualTo(70);
    }

    @Test
    void roundThatEndedBeforeTheCollectionIsNotCredited() {
        credit.settleUntil(20);
        assertThat(credit.add(100, 10, 20)).isZero();
        assertThat(credit.bytes()).isZero();
        assertThat(credit.add(100, 20, 30)).isEqualTo(100);
    }

    @Test
    void roundThatTookNoTimeIsCreditedWholeOrNotAtAll() {
        credit.add(100, 15, 15);
        credit.settleUntil(14);
        assertThat(credit.bytes()).isEqualTo(100);
        credit.settleUntil(16);
        assertThat(credit.bytes()).isZero();
    }

    @Test
    void olderCollectionReportedLateChangesNothing() {
        credit.settleUntil(50);
        credit.settleUntil(20);
        assertThat(credit.add(100, 30, 40)).isZero();
    }

    @Test
    void manyRoundsWithoutACollectionKeepTheirSum() {
        int rounds = 10 * Credit.MAX_ENTRIES;
        for (int i = 0; i < rounds; i++) {
            assertThat(credit.add(10, i, i + 1)).isEqualTo(10);
        }
        assertThat(credit.bytes()).isEqualTo(10L * rounds);
        credit.settle(10L * rounds - 5);
        assertThat(credit.bytes()).isEqualTo(5);
    }

    @Test
    void newestRoundsStayDistinctHoweverManyThereWere() {
        int rounds = 10 * Credit.MAX_ENTRIES;
        for (int i = 0; i < rounds; i++) {
            credit.add(10, i, i + 1);
        }
        credit.settleUntil(rounds - 5);
        assertThat(credit.bytes()).isEqualTo(50);
    }

    /** The credit is the sum of the entries, is never negative, and is 0 after a collection of all garbage. */
    @Test
    void sumNeverDriftsApart() {
        Seeded seeded = Seeded.create();
        long now = 0;
        long most = 0;
        for (int i = 0; i < 10_000; i++) {
            now += seeded.nextInt(3);
            switch (seeded.nextInt(4)) {
                case 0 -> credit.settle(seeded.nextInt(1000));
                case 1 -> credit.settleUntil(Math.max(0, now - seeded.nextInt(20)));
                default -> most += credit.add(seeded.nextInt(500), Math.max(0, now - seeded.nextInt(10)), now);
            }
            assertThat(credit.bytes()).as("step %d, %s", i, seeded).isBetween(0L, most);
        }
        credit.settleUntil(now + 1);
        assertThat(credit.bytes()).as("%s", seeded).isZero();
    }
}
