/**
 * The node program: {@link io.reclaimer.console.Main} starts an actor system with a workload of three tenants that is too
 * much for the heap, and the reclaimer that keeps it alive. Nothing depends on this room.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>What is wrong in the command line, a trace file or the settings is one line on standard error and exit code
 *       {@value io.reclaimer.console.Main#USAGE}, before anything starts.
 *   <li>A run that ended by itself or by Ctrl-C leaves a summary whose last line is one JSON object, and no thread.
 *   <li>An {@link java.lang.OutOfMemoryError} in whichever thread ends the process at once, with exit code
 *       {@value io.reclaimer.console.Main#OUT_OF_MEMORY}.
 * </ul>
 */
@NullMarked
package io.reclaimer.console;

import org.jspecify.annotations.NullMarked;
