/**
 * Scenarios: a situation as a text that a person can read, run and keep. The door is {@link io.reclaimer.scenario.ScenarioFile}
 * to read them and {@link io.reclaimer.scenario.ScenarioRunner} to run them.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>A scenario that was read is right in itself: what can be known to be wrong without running it is said when it is read,
 *       all of it at once, with where it stands.
 *   <li>It runs on the real engine through its front door. Only time, threads, and what is around the engine (caches, heap,
 *       network) are modelled. The same scenario with the same seed gives the same result.
 * </ul>
 */
@NullMarked
package io.reclaimer.scenario;

import org.jspecify.annotations.NullMarked;
