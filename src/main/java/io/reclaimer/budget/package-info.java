/**
 * Limits of the bytes that cgroups hold, in the terms of cgroup v2 ({@code memory.min}, {@code low}, {@code
 * high}, {@code max}). {@link io.reclaimer.budget.Budgets} is the entry point.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>A cgroup over a limit is reclaimed in its own subtree, on the node of the limit, and nowhere else.
 *   <li>Nothing runs on the write path of a cache: what is held is counted in the background ({@link
 *       io.reclaimer.CountReport#heldBytes}).
 *   <li>Progress is judged by what is held, and not by what shrinkers say that they freed ({@link
 *       io.reclaimer.ReclaimRequest#untilHeldIs}).
 *   <li>One count or round is under way per limited cgroup and node, and eight in all. After a round in vain, which missed its
 *       target and freed nothing, the next one waits, longer each time.
 * </ul>
 *
 * <p>The actor {@code BudgetWatch} owns all state, on {@code reclaimer.control-dispatcher}, and ends with the actor
 * system.
 */
@NullMarked
package io.reclaimer.budget;

import org.jspecify.annotations.NullMarked;
