/**
 * Running: the steps, load, pressure and expectations of a scenario on the real engine, in virtual time.
 *
 * <p>{@link io.reclaimer.scenario.run.ScenarioRun} creates the members, each an actor system of its own with simulated caches and
 * a simulated heap. {@code StepRunner} does the steps, {@code RoundRequests} requests rounds, and {@code Sampler} lets time pass
 * and checks the expectations on the way. Everything runs on the thread that called {@code run}, in one order.
 */
@NullMarked
package io.reclaimer.scenario.run;

import org.jspecify.annotations.NullMarked;
