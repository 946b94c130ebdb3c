package io.reclaimer.engine;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Predicate;

/**
 * The cgroups that a pass visits on their nodes, in order: those of its subtree in which a bit is set, and the root,
 * whose pass asks every shrinker. Confined to the passes of a round, and reused for each of them.
 */
final class PassOrder {

    private static final int FEW = 16;

    private record Served(CgroupPerNode perNode, long pass) {}

    private CgroupPerNode[] order = new CgroupPerNode[FEW];
    private int size;

    int size() {
        return size;
    }

    CgroupPerNode get(int index) {
        return order[index];
    }

    void clear() {
        Arrays.fill(order, 0, size, null);
        size = 0;
    }

    /** Makes room for that many further ones. */
    void makeRoom(int more) {
        if (size + more > order.length) {
            order = Arrays.copyOf(order, Math.max(size + more, 2 * size));
        }
    }

    void add(CgroupPerNode perNode) {
        makeRoom(1);
        order[size++] = perNode;
    }

    /**
     * Adds the dirty ones of a top and, if asked, of its descendants; level by level, so parents come before children.
     *
     * @param isProtected says whether a descendant is left out, with those below it
     */
    void addDirty(CgroupPerNode top, boolean withDescendants, Predicate<CgroupPerNode> isProtected, long nowNanos) {
        int first = size;
        int kept = size;
        add(top);
        for (int i = kept; i < size; i++) {
            CgroupPerNode perNode = order[i];
            if (i > first && isProtected.test(perNode)) {
                continue;
            }
            if (withDescendants) {
                perNode.addDirtyChildrenTo(this);
            }
            if (perNode.isRoot() || !perNode.units().isClean()) {
                order[kept++] = perNode;
            } else if (perNode.listed) {
                perNode.unlistIfClean(nowNanos);
            }
        }
        Arrays.fill(order, kept, size, null);
        size = kept;
    }

    /** Sorts by the fair order: those served longest ago come first. Those served in the same pass keep their order. */
    void sortByLastServed() {
        // The numbers change while other rounds go on, and a sort must not see that.
        Served[] served = new Served[size];
        boolean sorted = true;
        for (int i = 0; i < size; i++) {
            served[i] = new Served(order[i], order[i].servedIn());
            sorted &= i == 0 || served[i - 1].pass() <= served[i].pass();
        }
        if (!sorted) {
            Arrays.sort(served, Comparator.comparingLong(Served::pass));
            for (int i = 0; i < size; i++) {
                order[i] = served[i].perNode();
            }
        }
    }
}
