/**
 * The node program: {@link io.reclaimer.console.Main} starts an actor system with a workload of three tenants that is too
 * much for the heap, and the reclaimer that keeps it alive; or it runs scenarios, and shows what came of them as text, picture,
 * page or JSON. Nothing depends on this room.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>What is wrong in the command line, a trace file or the settings is one line on standard error and exit code
 *       {@value io.reclaimer.console.Main#USAGE}, before anything starts.
 *   <li>A run that ended by itself or by Ctrl-C leaves a summary whose last line is one JSON object, and no thread.
 *   <li>An {@link java.lang.OutOfMemoryError} in whichever thread ends the process at once, with exit code
 *       {@value io.reclaimer.console.Main#OUT_OF_MEMORY}.
 *   <li>Scenarios: nothing is run unless all files are right, and what is wrong with any of them is a line each. Exit code 1
 *       says that something was not as expected. All that is written about them is made from their results alone.
 * </ul>
 */
@NullMarked
package io.reclaimer.console;

import org.jspecify.annotations.NullMarked;
