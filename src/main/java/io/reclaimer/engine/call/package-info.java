/**
 * One shrinker, and how it is called. Internal to the engine; applications use {@code io.reclaimer}.
 *
 * <ul>
 *   <li>{@link io.reclaimer.engine.call.ShrinkerEntry} is one allocated shrinker, {@link
 *       io.reclaimer.engine.call.ShrinkerTable} all of them at one moment.
 *   <li>A shrinker is held while it is used: by the hazard pointer of a visiting thread ({@link
 *       io.reclaimer.engine.call.VisitingThread}), or by its {@link io.reclaimer.engine.call.ReferenceCount}. {@link
 *       io.reclaimer.engine.call.ShrinkerGuard} delays its teardown until nobody holds it.
 *   <li>A plain shrinker is called inside the visit. Every other one is asked by a {@link
 *       io.reclaimer.engine.call.PendingCall} that its {@link io.reclaimer.engine.call.CallStrategy} makes: on a thread
 *       where it may block, through a stage, or by messages to an actor.
 *   <li>{@link io.reclaimer.engine.call.CallWatchdog} detects calls that are slow or stuck. {@link
 *       io.reclaimer.engine.call.Faults} and {@link io.reclaimer.engine.call.Refaults} keep the record of one shrinker.
 * </ul>
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>Each call to user code, also to a trace listener, is announced on the visiting thread or is a pending call, so
 *       the watchdog sees it. Each {@code Throwable} of a shrinker is a fault of that shrinker; each one of a listener
 *       is logged. Neither has another effect.
 *   <li>Nothing here depends on the actors that visit. They are seen as a {@link io.reclaimer.engine.call.CallSite}
 *       (cgroup, node, wake-up), a {@link io.reclaimer.engine.call.CallOwner}, {@link
 *       io.reclaimer.engine.call.RoundLimits}, and a {@link io.reclaimer.engine.call.Caller}.
 *   <li>No shrinker is called under a lock.
 * </ul>
 */
@NullMarked
package io.reclaimer.engine.call;

import org.jspecify.annotations.NullMarked;
