/**
 * The test kit: tools for the tests of applications that use a reclaimer.
 *
 * <ul>
 *   <li>{@link io.reclaimer.testkit.ReclaimerTestKit}: a reclaimer in virtual time, on the thread of the test.
 *   <li>{@link io.reclaimer.testkit.ReclaimerTestSystem}: a real actor system with a reclaimer, which checks that a test leaves
 *       nothing behind.
 *   <li>{@code io.reclaimer.testkit.junit}: both for JUnit 5, and scenario files as tests.
 *   <li>{@code io.reclaimer.testkit.contract}: the contract of a shrinker as tests.
 * </ul>
 *
 * <p>Rules: the kit uses the public API only, as any application does. Its libraries (akka-actor-testkit-typed, junit-jupiter-api
 * and, where logs are to be captured, logback-classic) are optional dependencies of this project, and no other package refers to
 * them. This package does not depend on the two packages below it.
 */
@NullMarked
package io.reclaimer.testkit;

import org.jspecify.annotations.NullMarked;
