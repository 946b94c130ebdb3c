/**
 * The engine: the actors that reclaim, and their data. Internal: only the front door, {@code io.reclaimer}, uses it.
 *
 * <p>Actors, and the data that each owns:
 *
 * <ul>
 *   <li>{@link io.reclaimer.engine.ShrinkerRegistry}: ids, and the table of shrinkers, which it publishes;
 *   <li>{@link io.reclaimer.engine.ShrinkerGuard}, one a shrinker: its lifecycle;
 *   <li>{@link io.reclaimer.engine.CgroupTree}: the cgroups that are online, and the start and end of their pairs'
 *       visitors;
 *   <li>{@link io.reclaimer.engine.CgroupNode}, the visitor of a (cgroup, node) pair, from the pair's first bit until it
 *       is passivated: the visits of the pair. Another takes over where a call keeps the visitor's thread;
 *   <li>{@link io.reclaimer.engine.Rounds} and {@link io.reclaimer.engine.ReclaimRound}, one a request: passes,
 *       priorities, target, deadline, and the one answer;
 *   <li>{@link io.reclaimer.engine.CallWatch}: the calls to users' code under way, and their deadlines.
 * </ul>
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>Users' code (a shrinker, a trace listener) is called on the visit dispatcher, whose threads are replaced where
 *       they do not come back ({@code VisitPool}), or, where it says it may block or was slow, on threads for that
 *       ({@code BlockingCalls}). All other actors run on the control dispatcher, so deadlines, registrations, freeings,
 *       expansion, online, offline and state go on while every visit is stuck.
 *   <li>Each call to users' code is marked ({@code CallMark}, {@code PendingCalls}) and seen by the watch: also
 *       reparenting, trace listeners, and calls while no round runs. Each {@code Throwable} of users' code is a fault of
 *       its shrinker, and nothing else.
 *   <li>Nobody waits for a pair but its own cgroup. A pair's data ({@code Pair}) is apart from its visitor: bits are set
 *       and read without the visitor, so they queue nowhere while it is stuck, and the memory in use is bounded by the
 *       pairs, shrinkers and rounds that exist.
 *   <li>A pass is no barrier. A round goes on to the next priority without the pairs that are silent for
 *       {@code reclaimer.late-after}. A late pair is not asked again before it has answered; its answer counts when it
 *       comes. Each pair by itself sees falling priorities, none twice.
 *   <li>Data that several threads touch is one of these: the published table ({@code Published}), holds
 *       ({@code CallMark}, {@code HoldCount}), bits and deferred counts ({@code ShrinkerUnit}, {@code UnitMap}), dirty
 *       children ({@code DirtyChildren}), the pairs of a cgroup ({@code CgroupHandle}), late visits
 *       ({@code LateVisits}), calls answered later ({@code CallLanes}), the slots of a pass ({@code PairPass},
 *       {@code PassAnswers}), and the tally of a round ({@code RoundWork}). Each class says who writes which field.
 *   <li>Actors rely on the order of messages between two of them, and on the protocols of those classes.
 *   <li>A visit writes nothing that a visit on another thread writes, and allocates nothing.
 *   <li>No ask and no future on a path that runs once a pair or once a visit.
 * </ul>
 */
@NullMarked
package io.reclaimer.engine;

import org.jspecify.annotations.NullMarked;
