/**
 * Data and arithmetic of the engine, without an actor: the bitmap units and deferred counts of one cgroup on one node,
 * the scan plan of a visit, the time slice, the tallies of a round, its target, and the size of a shrinker's objects.
 * Internal to the engine; applications use {@code io.reclaimer}.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>Nothing here calls user code, sends a message, or knows a shrinker by more than its id and serial.
 *   <li>Counts of objects and bytes are 0 or more and saturate at {@link Long#MAX_VALUE}.
 *   <li>What a visit uses allocates nothing: {@link io.reclaimer.engine.unit.ScanPlan} and
 *       {@link io.reclaimer.engine.unit.TimeSlice} are reused, {@link io.reclaimer.engine.unit.Tally} adds to a cell of
 *       the visiting thread.
 * </ul>
 */
@NullMarked
package io.reclaimer.engine.unit;

import org.jspecify.annotations.NullMarked;
