/**
 * For the tests of those who use the reclaimer, in their own build: JUnit 5 and akka-actor-testkit-typed.
 *
 * <ul>
 *   <li>{@link io.reclaimer.testkit.ShrinkerContract}: runs the whole contract of a shrinker against one of theirs.
 *   <li>{@link io.reclaimer.testkit.ReclaimerTestKit}: a reclaimer whose time the test has in its hands.
 *   <li>{@link io.reclaimer.testkit.ScenarioFiles}: each scenario of some files is a test.
 *   <li>{@link io.reclaimer.testkit.Schedule}: runs the actors of a system, and tasks of a test, in an order that a seed decides.
 *   <li>{@link io.reclaimer.testkit.ReclaimerExtension}: an actor system with a reclaimer for each test, or each class,
 *       which fails a test that leaves something behind.
 * </ul>
 *
 * <p>Rules: it uses the front door and the contract, as any application does; what it needs beyond (junit-jupiter-api,
 * akka-actor-testkit-typed, logback-classic) are optional dependencies of this project, which those add who use it, and
 * nothing outside of this package refers to it. Without Logback it works as well, and captures no logs.
 */
@NullMarked
package io.reclaimer.testkit;

import org.jspecify.annotations.NullMarked;
