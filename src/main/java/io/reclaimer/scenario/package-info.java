/**
 * Scenarios: tenants, caches, load, faults and expectations in a text file, run on the real engine in virtual time.
 * {@link io.reclaimer.scenario.ScenarioFile} reads a file, {@link io.reclaimer.scenario.ScenarioRunner} runs a scenario.
 *
 * <p>The packages below, each of which uses only those listed before it:
 *
 * <ul>
 *   <li>{@code model}: values, from the scenario to the result of its run.
 *   <li>{@code time}: virtual time, and an actor system that runs in it.
 *   <li>{@code read}: HOCON and the JSON Schema to values. Uses {@code model} only.
 *   <li>{@code run}: values to actions on the engine. Uses {@code model} and {@code time}.
 * </ul>
 *
 * <p>Guarantees:
 *
 * <ul>
 *   <li>A scenario that was read is valid: every error that can be found without a run is reported by the reader, with its line.
 *   <li>Only time, threads and the surroundings of the engine (caches, heap, network) are simulated.
 *   <li>The same scenario with the same seed gives the same result.
 * </ul>
 *
 * <p>A new kind of step takes three edits:
 *
 * <ol>
 *   <li>{@code scenario.schema.json}: its name in {@code op}, its keys in a definition.
 *   <li>{@code model.Step}: a record, and one line in {@code read.StepReader} that makes it.
 *   <li>{@code run.StepRunner}: one line in the table of actions.
 * </ol>
 */
@NullMarked
package io.reclaimer.scenario;

import org.jspecify.annotations.NullMarked;
