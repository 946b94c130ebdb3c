package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Seeded;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DirtyChildrenTest {

    private final DirtyChildren children = new DirtyChildren();
    private final Pair a = Parts.pair("/a");
    private final Pair b = Parts.pair("/b");
    private final Pair c = Parts.pair("/c");

    @Test
    void keepsTheOrderInWhichTheyBecameDirty() {
        children.add(b);
        children.add(a);
        children.add(b);
        assertThat(children.snapshot()).containsExactly(b, a);
    }

    @Test
    void whoWasReachedGoesBehindAllOthers() {
        children.add(a);
        children.add(b);
        children.add(c);
        children.moveToEnd(a);
        assertThat(children.snapshot()).containsExactly(b, c, a);
        children.moveToEnd(a);
        assertThat(children.snapshot()).containsExactly(b, c, a);
    }

    @Test
    void whoIsCleanIsNotPutBackByHavingBeenReached() {
        children.add(a);
        children.remove(a);
        children.moveToEnd(a);
        assertThat(children.isEmpty()).isTrue();
    }

    @Test
    void whoIsNoLongerAChildIsNotAdded() {
        a.forgotten = true;
        children.add(a);
        assertThat(children.isEmpty()).isTrue();
    }

    @Test
    void snapshotStaysAsItWas() {
        children.add(a);
        Pair[] before = children.snapshot();
        children.add(b);
        children.remove(a);
        assertThat(before).containsExactly(a);
        assertThat(children.snapshot()).containsExactly(b);
    }

    @Test
    void isALinkedHashSet() {
        Seeded random = Seeded.create();
        List<Pair> pairs =
                IntStream.range(0, 12).mapToObj(i -> Parts.pair("/p" + i)).toList();
        Set<Pair> model = new LinkedHashSet<>();
        for (int i = 0; i < 20_000; i++) {
            Pair pair = pairs.get(random.nextInt(pairs.size()));
            switch (random.nextInt(3)) {
                case 0 -> {
                    children.add(pair);
                    model.add(pair);
                }
                case 1 -> {
                    children.remove(pair);
                    model.remove(pair);
                }
                default -> {
                    children.moveToEnd(pair);
                    if (model.remove(pair)) {
                        model.add(pair);
                    }
                }
            }
            assertThat(children.snapshot()).as("step %d, %s", i, random).containsExactlyElementsOf(model);
            assertThat(children.isEmpty()).isEqualTo(model.isEmpty());
        }
    }
}
