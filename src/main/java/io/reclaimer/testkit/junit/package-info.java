/**
 * The test kit for JUnit 5.
 *
 * <ul>
 *   <li>{@link io.reclaimer.testkit.junit.ReclaimerExtension}: an actor system with a reclaimer for each test, or each class, which
 *       fails a test that leaves something behind.
 *   <li>{@link io.reclaimer.testkit.junit.ScenarioFiles}: each scenario of some files is a test.
 * </ul>
 *
 * <p>Rules: this package uses the test kit and the scenarios; nothing depends on it.
 */
@NullMarked
package io.reclaimer.testkit.junit;

import org.jspecify.annotations.NullMarked;
