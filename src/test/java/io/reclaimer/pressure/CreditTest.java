package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Seeded;
import org.junit.jupiter.api.Test;

class CreditTest {

    private final Credit credit = new Credit();

    @Test
    void whatRoundsFreedIsOwed() {
        assertThat(credit.bytes()).isZero();
        assertThat(credit.freed(100, 10, 20)).isEqualTo(100);
        assertThat(credit.freed(50, 20, 30)).isEqualTo(50);
        assertThat(credit.bytes()).isEqualTo(150);
    }

    @Test
    void roundThatFreedNothingOwesNothing() {
        assertThat(credit.freed(0, 10, 20)).isZero();
        assertThat(credit.bytes()).isZero();
    }

    @Test
    void collectionSettlesWhatItTook() {
        credit.freed(100, 10, 20);
        credit.freed(50, 20, 30);
        credit.collected(120);
        assertThat(credit.bytes()).isEqualTo(30);
    }

    @Test
    void collectionNeverSettlesMoreThanIsOwed() {
        credit.freed(100, 10, 20);
        credit.collected(1000);
        assertThat(credit.bytes()).isZero();
        credit.collected(1000);
        credit.freed(70, 20, 30);
        assertThat(credit.bytes()).isEqualTo(70);
    }

    @Test
    void whatWasFreedFirstIsTakenFirst() {
        credit.freed(100, 10, 20);
        credit.freed(50, 100, 110);
        credit.collected(100);
        credit.collectedAll(50);
        assertThat(credit.bytes()).isEqualTo(50);
    }

    @Test
    void collectionOfAllGarbageSettlesWhatWasFreedBefore() {
        credit.freed(100, 10, 20);
        credit.freed(50, 30, 40);
        credit.collectedAll(20);
        assertThat(credit.bytes()).isEqualTo(50);
        credit.collectedAll(40);
        assertThat(credit.bytes()).isZero();
    }

    @Test
    void collectionInTheMiddleOfARoundSettlesItsPart() {
        credit.freed(100, 10, 20);
        credit.collectedAll(13);
        assertThat(credit.bytes()).isEqualTo(70);
    }

    @Test
    void collectionHeardOfBeforeTheAnswerSettlesTheSamePart() {
        credit.collectedAll(13);
        assertThat(credit.freed(100, 10, 20)).isEqualTo(70);
        assertThat(credit.bytes()).isEqualTo(70);
    }

    @Test
    void roundThatAnsweredBeforeTheCollectionIsNotCredited() {
        credit.collectedAll(20);
        assertThat(credit.freed(100, 10, 20)).isZero();
        assertThat(credit.bytes()).isZero();
        assertThat(credit.freed(100, 20, 30)).isEqualTo(100);
    }

    @Test
    void roundThatTookNoTimeIsCreditedWholeOrNotAtAll() {
        credit.freed(100, 15, 15);
        credit.collectedAll(14);
        assertThat(credit.bytes()).isEqualTo(100);
        credit.collectedAll(16);
        assertThat(credit.bytes()).isZero();
    }

    @Test
    void olderCollectionHeardOfLateChangesNothing() {
        credit.collectedAll(50);
        credit.collectedAll(20);
        assertThat(credit.freed(100, 30, 40)).isZero();
    }

    @Test
    void manyRoundsWithoutACollectionKeepTheirSum() {
        int rounds = 10 * Credit.MAX_ENTRIES;
        for (int i = 0; i < rounds; i++) {
            assertThat(credit.freed(10, i, i + 1)).isEqualTo(10);
        }
        assertThat(credit.bytes()).isEqualTo(10L * rounds);
        credit.collected(10L * rounds - 5);
        assertThat(credit.bytes()).isEqualTo(5);
    }

    @Test
    void newestRoundsAreToldApartHoweverManyThereWere() {
        int rounds = 10 * Credit.MAX_ENTRIES;
        for (int i = 0; i < rounds; i++) {
            credit.freed(10, i, i + 1);
        }
        credit.collectedAll(rounds - 5);
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
                case 0 -> credit.collected(seeded.nextInt(1000));
                case 1 -> credit.collectedAll(Math.max(0, now - seeded.nextInt(20)));
                default -> most += credit.freed(seeded.nextInt(500), Math.max(0, now - seeded.nextInt(10)), now);
            }
            assertThat(credit.bytes()).as("step %d, %s", i, seeded).isBetween(0L, most);
        }
        credit.collectedAll(now + 1);
        assertThat(credit.bytes()).as("%s", seeded).isZero();
    }
}
