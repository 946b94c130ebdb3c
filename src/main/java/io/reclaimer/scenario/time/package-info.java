/**
 * Virtual time: a clock that moves when it is told to, and actor systems whose dispatchers and timers run by it, on one thread and
 * in one order. Scenarios and tests run in it.
 */
@NullMarked
package io.reclaimer.scenario.time;

import org.jspecify.annotations.NullMarked;
