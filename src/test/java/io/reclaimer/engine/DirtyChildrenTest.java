package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.testkit.Seeded;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DirtyChildrenTest {

    private static final ShrinkerEntry ENTRY = Parts.entry(3, 1);

    private final DirtyChildren children = new DirtyChildren();
    private final CgroupPerNode a = Parts.perNode("/a");
    private final CgroupPerNode b = Parts.perNode("/b");

    @Test
    void keepsTheOrderInWhichTheyBecameDirty() {
        children.add(b);
        children.add(a);
        children.add(b);
        assertThat(all()).containsExactly(b, a);
    }

    @Test
    void cleanChildIsTakenOut() {
        children.add(a);
        assertThat(children.removeIfClean(a, 7)).isTrue();
        assertThat(children.isEmpty()).isTrue();
        assertThat(a.listed).isFalse();
        assertThat(a.cleanSince).isEqualTo(7);
    }

    @Test
    void childWithABitStaysListed() {
        a.units().setBit(ENTRY.id(), ENTRY.serial());
        children.add(a);
        assertThat(children.removeIfClean(a, 7)).isFalse();
        assertThat(all()).containsExactly(a);
        assertThat(a.listed).isTrue();
    }

    @Test
    void childThatIsNotListedCountsAsTakenOut() {
        assertThat(children.removeIfClean(a, 7)).isTrue();
        assertThat(children.isEmpty()).isTrue();
    }

    @Test
    void whoIsNoLongerAChildIsNotAdded() {
        children.add(a);
        children.removeForGood(a);
        assertThat(children.isEmpty()).isTrue();
        children.add(a);
        assertThat(children.isEmpty()).isTrue();
    }

    @Test
    void isALinkedHashSet() {
        Seeded random = Seeded.create();
        List<CgroupPerNode> perNodes =
                IntStream.range(0, 12).mapToObj(i -> Parts.perNode("/p" + i)).toList();
        Set<CgroupPerNode> model = new LinkedHashSet<>();
        for (int i = 0; i < 5_000; i++) {
            CgroupPerNode perNode = perNodes.get(random.nextInt(perNodes.size()));
            if (random.nextBoolean()) {
                children.add(perNode);
                model.add(perNode);
            } else {
                children.removeIfClean(perNode, i);
                model.remove(perNode);
            }
            assertThat(all()).as("step %d, %s", i, random).containsExactlyElementsOf(model);
            assertThat(children.isEmpty()).isEqualTo(model.isEmpty());
        }
    }

    private List<CgroupPerNode> all() {
        PassOrder perNodes = new PassOrder();
        children.addTo(perNodes);
        List<CgroupPerNode> list = new ArrayList<>();
        for (int i = 0; i < perNodes.size(); i++) {
            list.add(perNodes.get(i));
        }
        return list;
    }
}
