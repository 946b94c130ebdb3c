package io.reclaimer.shrinker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupPathTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/shop", "/shop/web", "/A-Z_0.9", "/...", "/.hidden"})
    void isWhatWasWritten(String path) {
        assertThat(CgroupPath.of(path)).hasToString(path);
        assertThat(CgroupPath.of(path)).isEqualTo(CgroupPath.of(path)).hasSameHashCodeAs(CgroupPath.of(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "shop", "//", "/shop/", "//shop", "/shop//web", "/.", "/..", "/a/../b", "/a b", "/ü", "/a\n"
            })
    void anythingElseIsRefusedByName(String path) {
        assertThatThrownBy(() -> CgroupPath.of(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[" + path + "]", "Allowed");
    }

    @Test
    void segmentHasUpTo64Characters() {
        String longest = "/" + "x".repeat(64);
        assertThat(CgroupPath.of(longest)).hasToString(longest);
        assertThatThrownBy(() -> CgroupPath.of(longest + "x")).hasMessageContaining("1 to 64");
    }

    @Test
    void treeIsUpTo32Deep() {
        CgroupPath deepest = CgroupPath.of("/x".repeat(32));
        assertThatThrownBy(() -> deepest.child("x")).hasMessageContainingAll("33", "up to 32");
    }

    @Test
    void overlongPathIsNotRepeatedInFull() {
        assertThatThrownBy(() -> CgroupPath.of("/x".repeat(10_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
    }

    @Test
    void childHasOneSegmentMore() {
        assertThat(CgroupPath.root().child("shop").child("web")).isEqualTo(CgroupPath.of("/shop/web"));
        assertThatThrownBy(() -> CgroupPath.root().child("shop/web/")).isInstanceOf(IllegalArgumentException.class);
    }

    /** A child is one level below; a segment with a slash in it would be two. */
    @Test
    void childIsOneLevelBelow() {
        assertThatThrownBy(() -> CgroupPath.root().child("shop/web")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void parentIsTheCgroupAbove() {
        assertThat(CgroupPath.of("/shop/web").parent()).contains(CgroupPath.of("/shop"));
        assertThat(CgroupPath.of("/shop").parent()).contains(CgroupPath.root());
        assertThat(CgroupPath.root().parent()).isEmpty();
        assertThat(CgroupPath.root().isRoot()).isTrue();
        assertThat(CgroupPath.of("/shop").isRoot()).isFalse();
    }

    @Test
    void isWithinItselfAndAllAbove() {
        CgroupPath web = CgroupPath.of("/shop/web");
        assertThat(List.of("/", "/shop", "/shop/web")).allMatch(above -> web.isWithin(CgroupPath.of(above)));
        assertThat(List.of("/sho", "/shop/we", "/shop/web/x", "/web"))
                .noneMatch(other -> web.isWithin(CgroupPath.of(other)));
    }

    @Test
    void isOrderedByTheWrittenForm() {
        assertThat(List.of("/b", "/", "/a/b", "/a").stream().map(CgroupPath::of).sorted())
                .map(CgroupPath::toString)
                .containsExactly("/", "/a", "/a/b", "/b");
    }
}
