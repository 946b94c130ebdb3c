package io.reclaimer.engine.unit;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Seeded;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ObjectSizeTest {

    private final ObjectSize declared = new ObjectSize("pages", OptionalLong.of(1_000));
    private final ObjectSize unknown = new ObjectSize("pages", OptionalLong.empty());

    @Test
    void isTheDeclaredOneUntilOneIsLearned() {
        assertThat(declared.bytes()).hasValue(1_000);
        assertThat(declared.bytesOr(7)).isEqualTo(1_000);
        declared.learn(10, 15_000);
        assertThat(declared.bytes()).hasValue(1_500);
        assertThat(declared.bytesOr(7)).isEqualTo(1_500);
    }

    @Test
    void isUnknownUntilOneIsLearned() {
        assertThat(unknown.isKnown()).isFalse();
        assertThat(unknown.bytes()).isEmpty();
        assertThat(unknown.bytesOr(7)).isEqualTo(7);
        unknown.learn(10, 15_000);
        assertThat(unknown.isKnown()).isTrue();
        assertThat(unknown.bytesOr(7)).isEqualTo(1_500);
    }

    @Test
    void nothingIsLearnedFromNothing() {
        declared.learn(0, 0);
        assertThat(declared.bytes()).hasValue(1_000);
    }

    @Test
    void isAtLeastOneByte() {
        declared.learn(1_000, 0);
        assertThat(declared.bytes()).hasValue(1);
    }

    @Test
    void isTheAverageOfWhatWasFreed() {
        Seeded seeded = Seeded.create();
        long objects = 0;
        long bytes = 0;
        while (objects < ObjectSize.WINDOW_OBJECTS / 2) {
            long more = 1L + seeded.nextInt(128);
            long size = 1L + seeded.nextInt(100_000);
            unknown.learn(more, more * size);
            objects += more;
            bytes += more * size;
        }
        assertThat(unknown.bytesOr(0)).as("%s", seeded).isEqualTo(Math.round((double) bytes / objects));
    }

    /** After enough objects of another size only those count. */
    @Test
    void forgetsWhatWasFreedLongAgo() {
        for (int i = 0; i < 10_000; i++) {
            unknown.learn(128, 128 * 100);
        }
        for (long objects = 0; objects < 8 * ObjectSize.WINDOW_OBJECTS; objects += 128) {
            unknown.learn(128, 128 * 10_000);
        }
        assertThat(unknown.bytesOr(0)).isBetween(9_900L, 10_000L);
    }

    @Test
    void largestNumbersDoNoHarm() {
        for (int i = 0; i < 100; i++) {
            unknown.learn(Long.MAX_VALUE, Long.MAX_VALUE);
            unknown.learn(1, Long.MAX_VALUE);
        }
        assertThat(unknown.bytesOr(0)).isPositive();
    }
}
