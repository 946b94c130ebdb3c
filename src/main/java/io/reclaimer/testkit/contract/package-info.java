/**
 * The contract of a shrinker as tests: extend {@link io.reclaimer.testkit.contract.ShrinkerContract}, and describe the shrinker with
 * a {@link io.reclaimer.testkit.contract.ContractSubject}.
 *
 * <p>Rules: this package uses the test kit; nothing depends on it. {@code Clause} is the list of clauses, {@code CallClauses} checks
 * single calls, {@code RoundClauses} checks rounds of a real reclaimer, and {@code ContractRun} is what they have in common.
 */
@NullMarked
package io.reclaimer.testkit.contract;

import org.jspecify.annotations.NullMarked;
