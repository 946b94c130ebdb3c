package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

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
    private final Pair a = Parts.pair("/a");
    private final Pair b = Parts.pair("/b");

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
        a.units().setBit(ENTRY);
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
        children.forget(a);
        assertThat(children.isEmpty()).isTrue();
        children.add(a);
        assertThat(children.isEmpty()).isTrue();
    }

    @Test
    void isALinkedHashSet() {
        Seeded random = Seeded.create();
        List<Pair> pairs =
                IntStream.range(0, 12).mapToObj(i -> Parts.pair("/p" + i)).toList();
        Set<Pair> model = new LinkedHashSet<>();
        for (int i = 0; i < 20_000; i++) {
            Pair pair = pairs.get(random.nextInt(pairs.size()));
            if (random.nextBoolean()) {
                children.add(pair);
                model.add(pair);
            } else {
                children.removeIfClean(pair, i);
                model.remove(pair);
            }
            assertThat(all()).as("step %d, %s", i, random).containsExactlyElementsOf(model);
            assertThat(children.isEmpty()).isEqualTo(model.isEmpty());
        }
    }

    private List<Pair> all() {
        DirtyPairs pairs = new DirtyPairs();
        children.addTo(pairs);
        List<Pair> list = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            list.add(pairs.get(i));
        }
        return list;
    }
}
