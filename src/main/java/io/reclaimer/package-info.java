/**
 * The front door: {@link io.reclaimer.Reclaimer}, what is asked of it, and what it answers.
 *
 * <p>Everything an application does with the reclaimer goes through here, with futures or as messages. Errors come as
 * failed stages or error replies that hold a {@link io.reclaimer.shrinker.ReclaimerException}, never as a hang: each
 * request has a time limit of its own.
 */
@NullMarked
package io.reclaimer;

import org.jspecify.annotations.NullMarked;
