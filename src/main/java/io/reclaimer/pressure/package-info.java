/**
 * Who starts rounds. A source watches one memory, compares it with its {@link io.reclaimer.pressure.Watermarks}, and
 * requests rounds of {@link io.reclaimer.Reclaimer} while too little is free. {@link io.reclaimer.pressure.Pressure} is
 * the door; the one source so far is this process's heap, {@link io.reclaimer.pressure.HeapPressure}.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>A reading is taken after a collection, where garbage is not taken for use. It may still hold garbage of the old
 *       generation. Of that, what rounds freed is known (the <em>credit</em>) and subtracted, so that nothing is freed
 *       twice; it is settled by the collections that take it out.
 *   <li>Below <em>low</em> background rounds start and go on until <em>high</em>; below <em>min</em> rounds are direct.
 *   <li>A round is for what is missing now, no more: the estimate is brought up to date with each answer.
 *   <li>At most one background and one direct round are under way; a direct one ends the other.
 *   <li>What can't be freed is not asked for in a loop: after a round that came to the end of the caches the next one
 *       waits for a collection or a timer.
 * </ul>
 *
 * <p>All of it runs on {@code reclaimer.control-dispatcher} and ends with the actor system: no listener, timer or thread
 * is left.
 */
@NullMarked
package io.reclaimer.pressure;

import org.jspecify.annotations.NullMarked;
