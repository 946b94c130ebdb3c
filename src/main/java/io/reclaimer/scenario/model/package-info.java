/**
 * Values: a scenario, its parts, and the result of a run. Every type is immutable and thread-safe.
 *
 * <p>This package is the lowest of the room; it uses no other package of scenarios. The conversion from text is in
 * {@code scenario.read}, the effect on the engine in {@code scenario.run}.
 *
 * <p>A cgroup is written as in a scenario file: a path such as {@code /shop/web}, {@code root}, or a name that an online step gave.
 * A member is written {@code member1}, {@code member2} and so on; a node as its number from 0.
 */
@NullMarked
package io.reclaimer.scenario.model;

import org.jspecify.annotations.NullMarked;
