/**
 * The contract between a cache and the reclaimer: the calls that a {@link io.reclaimer.shrinker.Shrinker} answers,
 * their parameters, and the names and limits that both sides use. It uses the JDK only, so a cache that implements it
 * needs neither Akka nor the engine at compile time.
 *
 * <p>Guarantees to a shrinker:
 *
 * <ul>
 *   <li>It is called only between its registration and the completion of its freeing.
 *   <li>Calls for one (cgroup, node) pair do not overlap, unless the shrinker declares that it is reentrant. Exception:
 *       a shrinker that is not NUMA aware may be called by the passes of several nodes at the same time. Calls for
 *       different pairs may overlap. A call of a stage or an actor past its deadline counts as ended.
 *   <li>No value that it returns, and nothing that it throws short of an error that ends the JVM, hangs or corrupts a
 *       pass.
 * </ul>
 */
@NullMarked
package io.reclaimer.shrinker;

import org.jspecify.annotations.NullMarked;
