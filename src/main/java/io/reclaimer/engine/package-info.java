/**
 * The actors of the engine, and the data that each owns. Internal: only the public package {@code io.reclaimer} uses
 * the engine.
 *
 * <p>Below it are {@link io.reclaimer.engine.unit} (data and arithmetic) and {@link io.reclaimer.engine.call} (one
 * shrinker, and how it is called). Neither knows the actors here.
 *
 * <ul>
 *   <li>{@link io.reclaimer.engine.ShrinkerRegistry} hands out ids, and publishes the table of shrinkers.
 *   <li>{@link io.reclaimer.engine.CgroupTree} holds the cgroups that are online. Its {@code Visitors} start and stop
 *       their visitors.
 *   <li>{@link io.reclaimer.engine.CgroupNode} is the visitor of one cgroup on one node, from its first bit until it is
 *       passivated. Its data is kept separately, in {@link io.reclaimer.engine.CgroupPerNode}. If a call does not
 *       return its thread, another visitor takes over.
 *   <li>{@link io.reclaimer.engine.Rounds} starts a {@link io.reclaimer.engine.ReclaimRound} for each request: passes,
 *       priorities, target, deadline, and one result.
 * </ul>
 *
 * <p>A pass begins on the visit dispatcher, where a {@code PassBatch} sends its requests. A visitor that is idle serves
 * its request on the thread that sends it, so that a pass with short visits runs on one thread from its beginning to its
 * end. The round's actor, which keeps the deadline, is woken when the pass is over.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>User code (a shrinker, a trace listener) is called on the visit dispatcher, whose threads are replaced if they
 *       do not come back ({@code VisitPool}). A shrinker that declares that it may block, or was slow lately, is called
 *       on separate threads ({@code BlockingCalls}). All other actors run on the control dispatcher, so deadlines,
 *       registrations, freeings, expansion, online, offline and state go on while every visit is stuck.
 *   <li>Only a cgroup's own transition to offline waits for its visitors. Bits are set and read without a visitor, so
 *       none waits while it is stuck. The memory in use is bounded by the cgroups, shrinkers and rounds that exist.
 *   <li>Data that several threads touch is one of these: the published table ({@code EngineContext}); holds ({@code
 *       VisitingThread}, {@code ReferenceCount}); bits and deferred counts ({@code ShrinkerUnit}, {@code UnitMap});
 *       dirty children ({@code DirtyChildren}); a cgroup's data by node ({@code CgroupHandle}); late visits ({@code
 *       LateVisits}); pending calls ({@code PendingCall}, {@code CallQueues}); the passes of a round ({@code
 *       RoundPasses}, {@code PassBatch}), their requests and acknowledgements ({@code PassRequest}, {@code
 *       Acknowledgements}); and the state of a round ({@code RoundWork}). Each class says who writes which field.
 *   <li>Actors rely on the order of messages between two of them, and on the protocols of those classes.
 *   <li>A visit writes nothing that a visit on another thread writes, and allocates nothing.
 *   <li>There is no ask and no future on a path that runs once per cgroup and node, or once per visit.
 * </ul>
 */
@NullMarked
package io.reclaimer.engine;

import org.jspecify.annotations.NullMarked;
