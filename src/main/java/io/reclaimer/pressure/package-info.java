/**
 * Who starts rounds. A source watches one memory, compares it with its {@link io.reclaimer.pressure.Watermarks}, and
 * requests rounds of {@link io.reclaimer.Reclaimer} while too little is free. {@link io.reclaimer.pressure.Pressure} is
 * the door; the one source so far is this process's heap, {@link io.reclaimer.pressure.HeapPressure}.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>Rounds act on what is surely live: what a collection that can tell has left, and what caches hold, which are counted
 *       where none can. What may be garbage of the old generation starts no round, but for as much as lies between the
 *       watermarks, when no collection that can tell comes for a while.
 *   <li>What rounds freed and no collection has taken out is still in use; it is known (the <em>credit</em>) and subtracted,
 *       so that nothing is freed twice. Whoever requested a round, what it freed is credited.
 *   <li>Below <em>low</em> background rounds start and go on until <em>high</em>; below <em>min</em> rounds are direct.
 *   <li>A round is for what is missing now, no more: the estimate is brought up to date with each answer.
 *   <li>A background round leaves caches a share of what they held, the floor.
 *   <li>At most one background and one direct round are under way; a direct one ends the other.
 *   <li>What can't be freed is not asked for in a loop: after a round in vain the next one waits, longer each time, and the log
 *       says once a minute what is live, and what of it caches hold.
 * </ul>
 *
 * <p>All of it runs on {@code reclaimer.control-dispatcher} and ends with the actor system: no listener, timer or thread
 * is left.
 */
@NullMarked
package io.reclaimer.pressure;

import org.jspecify.annotations.NullMarked;
