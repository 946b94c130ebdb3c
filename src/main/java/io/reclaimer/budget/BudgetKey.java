package io.reclaimer.budget;

import io.reclaimer.shrinker.CgroupPath;

/** A cgroup on a node, by the number of the node. */
record BudgetKey(CgroupPath cgroup, int node) {}
