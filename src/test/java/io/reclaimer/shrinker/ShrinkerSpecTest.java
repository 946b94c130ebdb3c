package io.reclaimer.shrinker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShrinkerSpecTest {

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages");

    @Test
    void isGlobalWithTheDefaults() {
        assertThat(spec).isEqualTo(new ShrinkerSpec("pages", false, false, false, 2, 128, 1024));
    }

    @Test
    void everyPropertyIsChangedAlone() {
        assertThat(spec.byCgroup()).isEqualTo(new ShrinkerSpec("pages", true, false, false, 2, 128, 1024));
        assertThat(spec.byNode()).isEqualTo(new ShrinkerSpec("pages", false, true, false, 2, 128, 1024));
        assertThat(spec.alsoWithoutAccounting()).isEqualTo(new ShrinkerSpec("pages", false, false, true, 2, 128, 1024));
        assertThat(spec.seeks(0)).isEqualTo(new ShrinkerSpec("pages", false, false, false, 0, 128, 1024));
        assertThat(spec.batch(1)).isEqualTo(new ShrinkerSpec("pages", false, false, false, 2, 1, 1024));
        assertThat(spec.objectBytes(1)).isEqualTo(new ShrinkerSpec("pages", false, false, false, 2, 128, 1));
    }

    @Test
    void changesKeepWhatWasChangedBefore() {
        ShrinkerSpec all = spec.byCgroup()
                .byNode()
                .alsoWithoutAccounting()
                .seeks(3)
                .batch(4)
                .objectBytes(5);
        assertThat(all).isEqualTo(new ShrinkerSpec("pages", true, true, true, 3, 4, 5));
        assertThat(all.global()).isEqualTo(new ShrinkerSpec("pages", false, true, true, 3, 4, 5));
    }

    @Test
    void batch0IsTheDefault() {
        assertThat(spec.batch(0).batch()).isEqualTo(128);
    }

    @Test
    void negativeSeeksAreRefused() {
        assertThatThrownBy(() -> spec.seeks(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[pages]", "seeks", "[-1]", "0 or more");
    }

    @Test
    void negativeBatchIsRefused() {
        assertThatThrownBy(() -> spec.batch(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[pages]", "batch", "[-1]", "0 (the default) or more");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void objectOfNoSizeIsRefused(long bytes) {
        assertThatThrownBy(() -> spec.objectBytes(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[pages]", "objectBytes", "[" + bytes + "]", "1 or more");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", "two\nlines", "nul\0"})
    void nameThatCanNotBeReadIsRefused(String name) {
        assertThatThrownBy(() -> ShrinkerSpec.named(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[" + name + "]", "1 to 128");
    }

    @Test
    void overlongNameIsRefusedAndNotRepeatedInFull() {
        assertThat(ShrinkerSpec.named("x".repeat(128)).name()).hasSize(128);
        assertThatThrownBy(() -> ShrinkerSpec.named("x".repeat(129)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("129 characters")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }
}
