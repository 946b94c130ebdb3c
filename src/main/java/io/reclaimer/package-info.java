/**
 * The public API of the reclaimer: {@link io.reclaimer.Reclaimer}, its requests and its results.
 *
 * <p>An application uses the reclaimer through this package, with futures or with messages. Errors are failed stages or
 * error replies that hold a {@link io.reclaimer.shrinker.ReclaimerException}. Rounds and going offline have a time
 * limit. Freeing has none: it waits for the calls to the shrinker that are under way.
 */
@NullMarked
package io.reclaimer;

import org.jspecify.annotations.NullMarked;
