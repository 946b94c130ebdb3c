package io.reclaimer.shrinker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShrinkerSpecTest {

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages");

    @Test
    void isGlobalWithTheDefaults() {
        assertThat(spec.name()).isEqualTo("pages");
        assertThat(spec.traits()).isEmpty();
        assertThat(spec.isCgroupAware() || spec.isNumaAware()).isFalse();
        assertThat(spec.seeks()).isEqualTo(2);
        assertThat(spec.batch()).isEqualTo(128);
        assertThat(spec.objectBytes()).isEmpty();
        assertThat(spec.callDeadline()).isEmpty();
    }

    @Test
    void everyTraitHasItsMethod() {
        assertThat(spec.byCgroup().traits()).containsExactly(ShrinkerTrait.CGROUP_AWARE);
        assertThat(spec.byNode().traits()).containsExactly(ShrinkerTrait.NUMA_AWARE);
        assertThat(spec.alsoWithoutAccounting().traits()).containsExactly(ShrinkerTrait.NON_SLAB);
        assertThat(spec.blocking().traits()).containsExactly(ShrinkerTrait.BLOCKING);
        assertThat(spec.reentrant().traits()).containsExactly(ShrinkerTrait.REENTRANT);
        assertThat(spec.lossless().traits()).containsExactly(ShrinkerTrait.LOSSLESS);
        assertThat(spec.freesAtOnce().traits()).containsExactly(ShrinkerTrait.FREES_AT_ONCE);
        assertThat(spec.byCgroup()).isEqualTo(spec.with(ShrinkerTrait.CGROUP_AWARE));
    }

    @Test
    void everyPropertyIsChangedAlone() {
        ShrinkerSpec seeks = spec.seeks(0);
        assertThat(seeks.seeks()).isZero();
        assertThat(seeks.seeks(2)).isEqualTo(spec).hasSameHashCodeAs(spec);
        ShrinkerSpec batch = spec.batch(1);
        assertThat(batch.batch()).isEqualTo(1);
        assertThat(batch.batch(128)).isEqualTo(spec);
        assertThat(spec.objectBytes(1).objectBytes()).hasValue(1);
        assertThat(spec.callDeadline(Duration.ofSeconds(7)).callDeadline()).hasValue(Duration.ofSeconds(7));
        assertThat(Set.of(spec, seeks, batch, spec.byNode(), spec.objectBytes(1), spec.onNodes(1)))
                .hasSize(6);
    }

    @Test
    void nodesHaveNumbersOrNames() {
        assertThat(spec.onNodes(1).onNodes("heap", "direct").nodeNames()).containsExactlyInAnyOrder("heap", "direct");
        assertThat(spec.onNodes(1).onNodes("heap").nodes()).isEmpty();
        assertThat(spec.onNodes("heap").onNodes(1)).isEqualTo(spec.onNodes(1));
        assertThatThrownBy(() -> spec.onNodes(new String[0])).hasMessageContainingAll("[pages]", "one or more");
    }

    @Test
    void nodesAreNumbersFromNought() {
        assertThat(spec.nodes()).as("all").isEmpty();
        assertThat(spec.isOnAllNodes()).isTrue();
        assertThat(spec.onNodes(1).isOnAllNodes() || spec.onNodes("heap").isOnAllNodes())
                .isFalse();
        assertThat(spec.onNodes(0, 2).nodes()).containsExactlyInAnyOrder(0, 2);
        assertThatThrownBy(() -> spec.onNodes(0, -1)).hasMessageContainingAll("[pages]", "-1", "0 or more");
        assertThatThrownBy(() -> spec.onNodes(new int[0])).hasMessageContainingAll("[pages]", "one or more");
    }

    @Test
    void changesKeepWhatWasChangedBefore() {
        ShrinkerSpec all = spec.byCgroup()
                .byNode()
                .alsoWithoutAccounting()
                .seeks(3)
                .batch(4)
                .objectBytes(5)
                .callDeadline(Duration.ofSeconds(6))
                .onNodes(1);
        assertThat(all.traits())
                .containsExactlyInAnyOrder(
                        ShrinkerTrait.CGROUP_AWARE, ShrinkerTrait.NUMA_AWARE, ShrinkerTrait.NON_SLAB);
        assertThat(all.seeks()).isEqualTo(3);
        assertThat(all.batch()).isEqualTo(4);
        assertThat(all.objectBytes()).hasValue(5);
        assertThat(all.callDeadline()).hasValue(Duration.ofSeconds(6));
        assertThat(all.nodes()).containsExactly(1);
        assertThat(all.global().byCgroup()).isEqualTo(all);
        assertThat(all.global().isCgroupAware()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT1H0.001S"})
    void callDeadlineOutOfRangeIsRefused(String deadline) {
        assertThatThrownBy(() -> spec.callDeadline(Duration.parse(deadline)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[pages]", "deadline of a call", "above 0 and at most [PT1H]");
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
