/**
 * Ready shrinkers for caches that others wrote. So far {@link io.reclaimer.adapter.CaffeineShrinker}; each needs a
 * library that is an optional dependency of this one, and nothing else of the project needs it.
 */
@NullMarked
package io.reclaimer.adapter;

import org.jspecify.annotations.NullMarked;
