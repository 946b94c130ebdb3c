/**
 * The engine: the actors that reclaim, and their data. Internal: only the front door, {@code io.reclaimer}, uses it.
 *
 * <p>Who owns what:
 *
 * <ul>
 *   <li>{@link io.reclaimer.engine.ShrinkerRegistry}: ids, and the table of shrinkers, which it publishes;
 *   <li>{@link io.reclaimer.engine.ShrinkerGuard}, one a shrinker: its lifecycle;
 *   <li>{@link io.reclaimer.engine.CgroupTree}: which cgroups are online, and the birth, growth and end of their pairs;
 *   <li>{@link io.reclaimer.engine.CgroupNode}, one a (cgroup, node) pair from its first bit until it has been idle for
 *       long: its units, its walks, and which of its children are dirty. The root's are the node actors;
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
 *   <li>What several threads touch is one of these: the published table ({@code Published}), who holds a shrinker
 *       ({@code CallMark}, {@code HoldCount}), the bits as others see them and the deferred counts ({@code ShrinkerUnit}),
 *       the pairs of a cgroup ({@code CgroupHandle}), the answers of a pass ({@code PassRun}), and the tally of a round.
 *       Each says in its class who writes it.
 *   <li>Actors rely on the order of messages between two of them, and on what those classes say.
 *   <li>A visit writes nothing that a visit on another thread writes, and allocates nothing; what a pass needs belongs to
 *       the thread that runs it, and is used again.
 *   <li>No ask and no future on a path that runs once a pair or once a visit.
 * </ul>
 */
@NullMarked
package io.reclaimer.engine;

import org.jspecify.annotations.NullMarked;
