package io.reclaimer.budget;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Protection;
import io.reclaimer.shrinker.Saturating;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The protection of cgroups on one node by their limits and by those above them. A cgroup has no more protection than its
 * parent; siblings that claim more share it by what they hold. A parent without the limit has none to give, except for
 * the root. The arithmetic is that of the Linux kernel ({@code effective_protection} in {@code mm/page_counter.c},
 * without {@code memory_recursiveprot}).
 */
final class EffectiveProtection {

    /** The root has all memory to give. */
    private static final long ALL = Long.MAX_VALUE;

    /** One of the two limits, for all cgroups. */
    private final class Kind {
        private final Function<Limits, OptionalLong> limit;

        /** By cgroup: what its children hold of what they may keep. */
        private final Map<CgroupPath, Long> claimedByChildren = new HashMap<>();

        private final Map<CgroupPath, Long> known = new HashMap<>();

        Kind(Function<Limits, OptionalLong> limit) {
            this.limit = limit;
            budgets.keySet()
                    .forEach(cgroup -> cgroup.parent()
                            .ifPresent(parent -> claimedByChildren.merge(parent, claimed(cgroup), Saturating::add)));
        }

        boolean covers(BudgetStatus budget) {
            return limit.apply(budget.limits()).isPresent() && held(budget) <= effective(budget.cgroup());
        }

        private long effective(CgroupPath cgroup) {
            Optional<CgroupPath> parent = cgroup.parent();
            if (parent.isEmpty()) {
                return ALL;
            }
            Long computed = known.get(cgroup);
            if (computed == null) {
                long ofParent = effective(parent.get());
                long ofSiblings = claimedByChildren.getOrDefault(parent.get(), 0L);
                long own = claimed(cgroup);
                computed = ofSiblings > ofParent ? (long) ((double) own * ofParent / ofSiblings) : own;
                known.put(cgroup, computed);
            }
            return computed;
        }

        /** The part of what a cgroup may keep that it holds. */
        private long claimed(CgroupPath cgroup) {
            BudgetStatus budget = budgets.get(cgroup);
            return budget == null
                    ? 0
                    : Math.min(held(budget), limit.apply(budget.limits()).orElse(0));
        }
    }

    private final Map<CgroupPath, BudgetStatus> budgets = new HashMap<>();
    private final Kind min;
    private final Kind low;

    /** @param ofNode the budgets of one node */
    EffectiveProtection(Collection<BudgetStatus> ofNode) {
        ofNode.forEach(budget -> budgets.put(budget.cgroup(), budget));
        min = new Kind(Limits::min);
        low = new Kind(Limits::low);
    }

    /** The protection of a cgroup now. */
    Protection of(CgroupPath cgroup) {
        BudgetStatus budget = budgets.get(cgroup);
        if (budget == null || cgroup.isRoot()) {
            return Protection.NONE;
        }
        if (min.covers(budget)) {
            return Protection.MIN;
        }
        return low.covers(budget) ? Protection.LOW : Protection.NONE;
    }

    private static long held(BudgetStatus budget) {
        return budget.heldBytes().orElse(0);
    }
}
