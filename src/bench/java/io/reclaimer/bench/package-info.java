/**
 * Benchmarks, each against a peer in the same run: JMH ones, and a plain program for comparison with programs outside of
 * the JVM. They use the front door only. Compiled by {@code mvn -Pbench}, never part of the jar. {@link
 * io.reclaimer.bench.Bench} is where to begin.
 */
package io.reclaimer.bench;
