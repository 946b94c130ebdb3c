/**
 * The load of the node program: three tenants of one heap, each with a page cache, an actor that holds its sessions,
 * and responses in direct buffers. The data of the three exceed the heap, so the node survives only by reclaiming.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>The same seed, traces and settings produce the same sequence of keys.
 *   <li>A load that has ended keeps its actor until the actor system ends, because a round may still be asking it.
 *   <li>An {@link java.lang.OutOfMemoryError} in any thread ends the process.
 * </ul>
 */
@NullMarked
package io.reclaimer.console.demo;

import org.jspecify.annotations.NullMarked;
