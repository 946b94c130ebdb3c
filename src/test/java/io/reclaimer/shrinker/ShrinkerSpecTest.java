package io.reclaimer.shrinker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShrinkerSpecTest {

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages");

    @Test
    void isGlobalWithTheDefaults() {
        assertThat(spec)
                .isEqualTo(
                        new ShrinkerSpec("pages", Set.of(), 2, 128, OptionalLong.empty(), Optional.empty(), Set.of()));
    }

    @Test
    void everyPropertyIsChangedAlone() {
        assertThat(spec.byCgroup()).isEqualTo(with(Set.of(ShrinkerTrait.CGROUP_AWARE)));
        assertThat(spec.byNode()).isEqualTo(with(Set.of(ShrinkerTrait.NUMA_AWARE)));
        assertThat(spec.alsoWithoutAccounting()).isEqualTo(with(Set.of(ShrinkerTrait.NON_SLAB)));
        assertThat(spec.blocking()).isEqualTo(with(Set.of(ShrinkerTrait.BLOCKING)));
        assertThat(spec.reentrant()).isEqualTo(with(Set.of(ShrinkerTrait.REENTRANT)));
        assertThat(spec.lossless()).isEqualTo(with(Set.of(ShrinkerTrait.LOSSLESS)));
        assertThat(spec.freesAtOnce()).isEqualTo(with(Set.of(ShrinkerTrait.FREES_AT_ONCE)));
        assertThat(spec.seeks(0)).isEqualTo(with(0, 128, OptionalLong.empty(), Optional.empty()));
        assertThat(spec.batch(1)).isEqualTo(with(2, 1, OptionalLong.empty(), Optional.empty()));
        assertThat(spec.objectBytes(1)).isEqualTo(with(2, 128, OptionalLong.of(1), Optional.empty()));
        assertThat(spec.callDeadline(Duration.ofSeconds(7)))
                .isEqualTo(with(2, 128, OptionalLong.empty(), Optional.of(Duration.ofSeconds(7))));
    }

    @Test
    void nodesAreNumbersFromNought() {
        assertThat(spec.nodes()).as("all").isEmpty();
        assertThat(spec.onNodes(0, 2).nodes()).containsExactlyInAnyOrder(0, 2);
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
        assertThat(all).isEqualTo(all(ShrinkerTrait.CGROUP_AWARE, ShrinkerTrait.NUMA_AWARE, ShrinkerTrait.NON_SLAB));
        assertThat(all.global()).isEqualTo(all(ShrinkerTrait.NUMA_AWARE, ShrinkerTrait.NON_SLAB));
    }

    private static ShrinkerSpec all(ShrinkerTrait... traits) {
        return new ShrinkerSpec(
                "pages", Set.of(traits), 3, 4, OptionalLong.of(5), Optional.of(Duration.ofSeconds(6)), Set.of(1));
    }

    private static ShrinkerSpec with(Set<ShrinkerTrait> traits) {
        return new ShrinkerSpec("pages", traits, 2, 128, OptionalLong.empty(), Optional.empty(), Set.of());
    }

    private static ShrinkerSpec with(int seeks, long batch, OptionalLong bytes, Optional<Duration> deadline) {
        return new ShrinkerSpec("pages", Set.of(), seeks, batch, bytes, deadline, Set.of());
    }

    @Test
    void batch0IsTheDefault() {
        assertThat(spec.batch(0).batch()).isEqualTo(128);
    }

    @Test
    void valueOutOfRangeIsRefusedByNameAndWhatIsAllowed() {
        refused(() -> spec.seeks(-1), "seeks", "[-1]", "0 or more");
        refused(() -> spec.batch(-1), "batch", "[-1]", "0 (the default) or more");
        for (long bytes : new long[] {0, -1, Long.MIN_VALUE}) {
            refused(() -> spec.objectBytes(bytes), "objectBytes", "[" + bytes + "]", "1 or more");
        }
        for (String deadline : List.of("PT0S", "PT-1S", "PT1H0.001S")) {
            refused(
                    () -> spec.callDeadline(Duration.parse(deadline)),
                    "deadline of a call",
                    "above 0 and at most [PT1H]");
        }
        refused(() -> spec.onNodes(0, -1), "-1", "0 or more");
        refused(spec::onNodes, "one or more");
    }

    private static void refused(ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[pages]")
                .hasMessageContainingAll(words);
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
