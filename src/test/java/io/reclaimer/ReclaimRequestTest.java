package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReclaimRequestTest {

    private final ReclaimRequest request = ReclaimRequest.in("/a");

    @Test
    void isOnePassOverTheSubtreeAtTheLowestPriority() {
        assertThat(request.cgroup()).isEqualTo(CgroupPath.of("/a"));
        assertThat(request.isWithoutDescendants()).isFalse();
        assertThat(request.nodes()).isEmpty();
        assertThat(request.objects()).isEmpty();
        assertThat(request.priority()).isEqualTo(12);
        assertThat(request.within()).isEmpty();
        assertThat(request.flags()).isEmpty();
        assertThat(request.cancellation()).isEmpty();
        assertThat(ReclaimRequest.everywhere().cgroup()).isEqualTo(CgroupPath.root());
    }

    @Test
    void everyPropertyIsKeptByTheOthers() {
        Cancellation cancellation = new Cancellation();
        ReclaimRequest all = request.withoutDescendants()
                .onNodes(1, 0)
                .objects(5)
                .startingAt(3)
                .within(Duration.ofSeconds(7))
                .background()
                .cancelledBy(cancellation)
                .startingAt(4)
                .objects(6)
                .withoutDescendants();
        assertThat(all.isWithoutDescendants()).isTrue();
        assertThat(all.nodes()).isEqualTo(List.of(1, 0));
        assertThat(all.objects()).isEqualTo(OptionalLong.of(6));
        assertThat(all.priority()).isEqualTo(4);
        assertThat(all.within()).contains(Duration.ofSeconds(7));
        assertThat(all.flags()).isEqualTo(Set.of(ReclaimFlag.BACKGROUND));
        assertThat(all.cancellation()).containsSame(cancellation);
        assertThat(all)
                .hasToString(
                        "ReclaimRequest[/a without descendants nodes=[1, 0] objects=6 priority=4 within=PT7S [BACKGROUND]]");
        assertThat(request.isWithoutDescendants()).isFalse();
        assertThat(request.nodes()).isEmpty();
    }

    @Test
    void pathThatIsNoneIsRefused() {
        refused(() -> ReclaimRequest.in("a"), "[a]");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void targetBelow1IsRefused(long target) {
        refused(() -> request.objects(target), "[" + target + "] objects", "1 or more");
        refused(() -> request.bytes(target), "[" + target + "] bytes", "1 or more");
        refused(() -> request.bytes(1, target), "size of objects", "[" + target + "]", "1 or more");
    }

    @Test
    void targetIsInObjectsOrInBytes() {
        assertThat(request.objects()).isEmpty();
        assertThat(request.bytes()).isEmpty();
        assertThat(request.bytes(7).objects(8).objects()).hasValue(8);
        assertThat(request.bytes(7).objects(8).bytes()).isEmpty();
        assertThat(request.objects(8).bytes(7).bytes()).hasValue(7);
        assertThat(request.objects(8).bytes(7).objects()).isEmpty();
        assertThat(request.bytes(7).toString()).contains(" bytes=7 ");
        assertThat(request.bytes(7).unknownObjectBytes()).isEqualTo(ShrinkerSpec.DEFAULT_OBJECT_BYTES);
        assertThat(request.bytes(7, 9).unknownObjectBytes()).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(ints = {13, -1, 64, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void priorityOutside0To12IsRefused(int priority) {
        refused(() -> request.startingAt(priority), "[" + priority + "]", "12 to 0");
    }

    @Test
    void priority0IsNotForABackgroundRound() {
        assertThat(request.background().startingAt(1).priority()).isOne();
        refused(() -> request.background().startingAt(0), "[0]", "12 to 1", "background");
        refused(() -> request.startingAt(0).background(), "[0]", "12 to 1", "background");
    }

    @Test
    void nodesAreNumberedOrNamed() {
        ReclaimRequest named = request.onNodes(0).onNodes("direct", "heap");
        assertThat(named.nodes()).isEmpty();
        assertThat(named.nodeNames()).containsExactly("direct", "heap");
        assertThat(named).asString().contains("nodes=[direct, heap]");
        assertThat(named.onNodes(1).nodeNames()).isEmpty();
        assertThat(named.onNodes(1).nodes()).containsExactly(1);
    }

    @Test
    void nodesAreOneOrMoreFrom0NoneTwice() {
        refused(() -> request.onNodes(new int[0]), "[]", "one or more");
        refused(() -> request.onNodes(0, -1), "[0, -1]", "from 0");
        refused(() -> request.onNodes(1, 0, 1), "[1, 0, 1]", "none twice");
        refused(() -> request.onNodes(new String[0]), "[]", "one or more");
        refused(() -> request.onNodes("heap", "heap"), "[heap, heap]", "none twice");
    }

    @Test
    void deadlineIsAbove0() {
        refused(() -> request.within(Duration.ZERO), "[PT0S]", "above 0");
        refused(() -> request.within(Duration.ofMillis(-1)), "[PT-0.001S]", "above 0");
    }

    private static void refused(ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(words);
    }
}
