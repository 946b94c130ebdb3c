/**
 * The engine: the actors that reclaim, and their data. Internal: only the front door, {@code io.reclaimer}, uses it.
 *
 * <p>Who owns what:
 *
 * <ul>
 *   <li>{@link io.reclaimer.engine.ShrinkerRegistry}: ids, and the table of shrinkers, which it publishes;
 *   <li>{@link io.reclaimer.engine.ShrinkerGuard}, one a shrinker: its lifecycle;
 *   <li>{@link io.reclaimer.engine.CgroupTree}: which cgroups are online, and the birth, growth and end of their pairs;
 *   <li>{@link io.reclaimer.engine.CgroupNode}, one a (cgroup, node) pair that ever had a bit: its units, its walks,
 *       and which of its children are dirty. The root's are the node actors;
 *   <li>{@link io.reclaimer.engine.Rounds} and {@link io.reclaimer.engine.ReclaimRound}, one a request: priorities,
 *       target, deadline, and the one answer.
 * </ul>
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>User code (a shrinker, a trace listener) runs in {@code CgroupNode}s, on the visit dispatcher, whose threads
 *       are replaced when they do not come back ({@code VisitPool}, {@code CallWatch}), or, where it says it may block,
 *       on threads of its own ({@code BlockingCalls}). All other actors run on the control dispatcher, so that deadlines,
 *       registrations and freeings go on while every visit is stuck.
 *   <li>A {@code CgroupNode} never waits: a call that is answered later ({@code Call}) ends by a message, once, by its
 *       deadline at the latest.
 *   <li>What several threads touch is one of four things: the published table ({@code Published}), the hold count, the
 *       deferred counts, and the tally of a round. Each says in its class who writes it.
 *   <li>Actors rely on the order of messages between two of them, and on nothing more.
 *   <li>No ask and no future on a path that runs once a pair or once a visit.
 * </ul>
 */
@NullMarked
package io.reclaimer.engine;

import org.jspecify.annotations.NullMarked;
