/**
 * The node program and the scenario runner, as commands. {@link io.reclaimer.console.Main} starts a node, which runs
 * the load of {@link io.reclaimer.console.demo} on an actor system with the reclaimer; or it runs scenarios and writes
 * the reports of {@link io.reclaimer.console.report}. No other package depends on this one.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>An invalid command line, trace file or setting is one line on standard error and exit code
 *       {@value io.reclaimer.console.Main#USAGE}, before anything starts.
 *   <li>A run that ended by itself or by Ctrl-C prints a summary whose last line is one JSON object, and leaves no
 *       thread.
 *   <li>An {@link java.lang.OutOfMemoryError} in any thread ends the process at once, with exit code
 *       {@value io.reclaimer.console.Main#OUT_OF_MEMORY}.
 *   <li>Scenarios run only if all files are valid; each error is a line with its place. Exit code
 *       {@value io.reclaimer.console.Main#FAILED} tells that an expectation failed.
 * </ul>
 */
@NullMarked
package io.reclaimer.console;

import org.jspecify.annotations.NullMarked;
