package io.reclaimer.engine;

import io.reclaimer.shrinker.Protection;
import io.reclaimer.shrinker.Shortfall;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The cgroups that the passes of one round go to, in order: the dirty ones of its subtree that are not protected. In a
 * round with a target those that were served longest ago come first. Confined to the passes of the round.
 */
final class PassCgroups {

    private final RoundSpec.Scope scope;
    private final CgroupHandle top;
    private final RoundWork work;
    private final PassOrder order = new PassOrder();
    private int next;

    /** The tops of subtrees that passes did not go to because their protection is low. */
    private final Set<CgroupPerNode> skippedLow = new LinkedHashSet<>();

    /** Whether passes go to those. */
    private boolean takesLow;

    PassCgroups(RoundSpec.Scope scope, CgroupHandle top, RoundWork work) {
        this.scope = scope;
        this.top = top;
        this.work = work;
    }

    /** Begins a pass: looks for what is dirty now. */
    void begin(long nowNanos) {
        next = 0;
        order.clear();
        for (int node : scope.nodes()) {
            CgroupPerNode perNode = top.isOnline() ? top.onNode(node) : null;
            if (perNode != null) {
                addDirty(perNode, nowNanos);
            }
        }
        if (work.hasTarget()) {
            order.sortByLastServed();
        }
    }

    private void addDirty(CgroupPerNode perNode, long nowNanos) {
        if (!takesLow) {
            order.addDirty(perNode, !scope.withoutDescendants(), this::isProtected, nowNanos);
            return;
        }
        for (CgroupPerNode low : skippedLow) {
            if (low.node() == perNode.node() && !low.removed) {
                order.addDirty(low, true, this::isProtected, nowNanos);
            }
        }
    }

    /** Whether passes do not go to a cgroup below the top, nor to those below it. */
    private boolean isProtected(CgroupPerNode perNode) {
        Protection level = work.counts() == null ? perNode.cgroup().protection(perNode.node()) : Protection.NONE;
        if (level == Protection.NONE || (level == Protection.LOW && takesLow)) {
            return false;
        }
        if (level == Protection.LOW) {
            skippedLow.add(perNode);
        }
        work.countShortfall(Shortfall.PROTECTED);
        return true;
    }

    /**
     * Has the next passes go to those that were left out because their protection is low, and to no others: the others
     * have seen all priorities.
     *
     * @return whether there are any, and this was called for the first time
     */
    boolean takeLow() {
        boolean takes = !takesLow && !skippedLow.isEmpty();
        takesLow |= takes;
        return takes;
    }

    boolean hasNext() {
        return next < order.size();
    }

    CgroupPerNode next() {
        return order.get(next++);
    }

    /** Skips the rest of the pass. */
    void skipRest() {
        next = order.size();
    }
}
