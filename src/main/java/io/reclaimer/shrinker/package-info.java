/**
 * The contract between a cache and the reclaimer: what a {@link io.reclaimer.shrinker.Shrinker} answers, what it is
 * asked with, and the names and limits both sides use. JDK only: a cache that implements it needs neither Akka nor the
 * engine at compile time.
 *
 * <p>Guarantees to a shrinker:
 *
 * <ul>
 *   <li>it is called only between its registration and the answer to its freeing;
 *   <li>for one (cgroup, node) pair one call ends before the next begins, unless the shrinker says it is reentrant, and
 *       except that one that is not NUMA aware may be called from the passes of several nodes; for different pairs calls
 *       may run at the same time. A call of a stage or an actor past its deadline counts as ended;
 *   <li>no value it answers, and nothing it throws short of what ends the JVM, hangs or corrupts a pass.
 * </ul>
 */
@NullMarked
package io.reclaimer.shrinker;

import org.jspecify.annotations.NullMarked;
