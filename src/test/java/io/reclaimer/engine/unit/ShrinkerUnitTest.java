package io.reclaimer.engine.unit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShrinkerUnitTest {

    private static final long OLD = 7;
    private static final long NEW = 8;

    private final ShrinkerUnit unit = new ShrinkerUnit();

    @Test
    void isCleanAtFirst() {
        assertThat(unit.isClean()).isTrue();
        assertThat(unit.nextSetBit(0)).isEqualTo(-1);
        assertThat(unit.isSet(3, OLD)).isFalse();
        assertThat(unit.takeDeferred(3, OLD)).isZero();
    }

    @Test
    void setBitsAreFoundInRisingOrder() {
        for (int index : new int[] {63, 0, 31, 32}) {
            unit.setBit(index, OLD);
        }
        assertThat(unit.nextSetBit(0)).isEqualTo(0);
        assertThat(unit.nextSetBit(1)).isEqualTo(31);
        assertThat(unit.nextSetBit(32)).isEqualTo(32);
        assertThat(unit.nextSetBit(33)).isEqualTo(63);
        assertThat(unit.nextSetBit(64)).isEqualTo(-1);
    }

    @Test
    void clearedBitIsNotFound() {
        unit.setBit(5, OLD);
        unit.setBit(6, OLD);
        unit.clearBit(5, OLD);
        assertThat(unit.isSet(5, OLD)).isFalse();
        assertThat(unit.nextSetBit(0)).isEqualTo(6);
        unit.clearBit(6, OLD);
        assertThat(unit.isSet(6, OLD)).isFalse();
        assertThat(unit.isClean()).isTrue();
    }

    @Test
    void newOwnerInheritsNeitherBitNorDeferredCount() {
        unit.setBit(5, OLD);
        assertThat(unit.isSet(5, NEW)).isFalse();
        unit.addDeferred(5, OLD, 100);
        assertThat(unit.addDeferred(5, NEW, 0)).isZero();
        assertThat(unit.takeDeferred(5, NEW)).isZero();
        assertThat(unit.addDeferred(5, NEW, 3)).isEqualTo(3);
    }

    @Test
    void lateClearingOfThePreviousOwnerDoesNotTouchTheNewBit() {
        unit.setBit(5, NEW);
        unit.clearBit(5, OLD);
        assertThat(unit.isSet(5, NEW)).isTrue();
        assertThat(unit.nextSetBit(0)).isEqualTo(5);
    }

    @Test
    void lateBitOfThePreviousOwnerDoesNotTouchTheNewOnes() {
        unit.setBit(5, NEW);
        unit.clearBit(5, NEW);
        unit.addDeferred(5, NEW, 9);
        unit.setBit(5, OLD);
        assertThat(unit.isSet(5, OLD)).isFalse();
        assertThat(unit.isSet(5, NEW)).isFalse();
        assertThat(unit.isClean()).isTrue();
        assertThat(unit.takeDeferred(5, NEW)).isEqualTo(9);
    }

    @Test
    void lateDeferredCountOfThePreviousOwnerIsDropped() {
        unit.addDeferred(5, NEW, 9);
        assertThat(unit.addDeferred(5, OLD, 100)).isZero();
        assertThat(unit.takeDeferred(5, OLD)).isZero();
        assertThat(unit.takeDeferred(5, NEW)).isEqualTo(9);
    }

    @Test
    void deferredCountIsAddedAndTakenOut() {
        assertThat(unit.addDeferred(5, OLD, 100)).isEqualTo(100);
        assertThat(unit.addDeferred(5, OLD, 20)).isEqualTo(120);
        assertThat(unit.addDeferred(5, OLD, 0)).isEqualTo(120);
        assertThat(unit.takeDeferred(5, OLD)).isEqualTo(120);
        assertThat(unit.takeDeferred(5, OLD)).isZero();
    }

    @Test
    void deferredCountSaturates() {
        unit.addDeferred(5, OLD, Long.MAX_VALUE);
        assertThat(unit.addDeferred(5, OLD, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void ownersOfOtherIdsStayAsTheyAre() {
        for (int index : new int[] {63, 0, 31}) {
            unit.setBit(index, OLD + index);
        }
        unit.setBit(31, NEW + 31);
        unit.setBit(32, OLD + 32);
        assertThat(unit.isSet(63, OLD + 63)).isTrue();
        assertThat(unit.isSet(0, OLD)).isTrue();
        assertThat(unit.isSet(31, OLD + 31)).isFalse();
        assertThat(unit.isSet(31, NEW + 31)).isTrue();
        assertThat(unit.isSet(32, OLD + 32)).isTrue();
        assertThat(unit.isSet(33, OLD)).isFalse();
    }

    @Test
    void bitAndDeferredCountDoNotTouchEachOther() {
        unit.addDeferred(5, OLD, 100);
        assertThat(unit.isClean()).isTrue();
        unit.setBit(5, OLD);
        unit.clearBit(5, OLD);
        assertThat(unit.takeDeferred(5, OLD)).isEqualTo(100);
    }
}
