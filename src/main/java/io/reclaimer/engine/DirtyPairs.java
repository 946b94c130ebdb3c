package io.reclaimer.engine;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The pairs that a pass visits, in that order: those of its subtree in which a bit is set, and the root's, whose pass asks
 * every shrinker. Confined to the actor of a round; used again for each of its passes.
 */
final class DirtyPairs {

    private static final int FEW = 16;

    private record Served(Pair pair, long pass) {}

    private Pair[] pairs = new Pair[FEW];
    private int size;

    int size() {
        return size;
    }

    Pair get(int index) {
        return pairs[index];
    }

    void clear() {
        Arrays.fill(pairs, 0, size, null);
        size = 0;
    }

    /** Makes room for so many more. */
    void makeRoom(int more) {
        if (size + more > pairs.length) {
            pairs = Arrays.copyOf(pairs, Math.max(size + more, 2 * size));
        }
    }

    void add(Pair pair) {
        makeRoom(1);
        pairs[size++] = pair;
    }

    /** Adds the top of a subtree and, if asked, all below it; level by level, so each comes before those below it. */
    void addDirty(Pair top, boolean withBelow, long nowNanos) {
        int kept = size;
        add(top);
        for (int i = kept; i < size; i++) {
            Pair pair = pairs[i];
            if (withBelow) {
                pair.addDirtyChildrenTo(this);
            }
            if (pair.isRoot() || !pair.units().isClean()) {
                pairs[kept++] = pair;
            } else if (pair.listed) {
                pair.unlistIfClean(nowNanos);
            }
        }
        Arrays.fill(pairs, kept, size, null);
        size = kept;
    }

    /** Puts first those that were served longest ago; of those served in the same pass, the order stays. */
    void sortByLastServed() {
        // The numbers change while rounds beside this one go on, and a sort must not see that.
        Served[] order = new Served[size];
        boolean sorted = true;
        for (int i = 0; i < size; i++) {
            order[i] = new Served(pairs[i], pairs[i].servedIn());
            sorted &= i == 0 || order[i - 1].pass() <= order[i].pass();
        }
        if (!sorted) {
            Arrays.sort(order, Comparator.comparingLong(Served::pass));
            for (int i = 0; i < size; i++) {
                pairs[i] = order[i].pair();
            }
        }
    }
}
