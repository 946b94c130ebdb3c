/**
 * Rounds over the members of an Akka Cluster, and what the members know of each other. The only room whose messages cross a
 * socket. The door is {@link io.reclaimer.cluster.ClusterReclaimer}.
 *
 * <p>Who does what:
 *
 * <ul>
 *   <li>{@link io.reclaimer.cluster.ClusterMember}, one a member: knows who takes part ({@code Roster}: Receptionist and
 *       membership), does this member's part of others' rounds ({@code MemberParts}), passes on what others of a group are
 *       asked ({@code Relay}), and starts rounds;
 *   <li>{@link io.reclaimer.cluster.ClusterRound}, one a request: the clock of {@code FanOut}, which decides, and of
 *       {@code PostOffice}, which sends;
 *   <li>{@link io.reclaimer.cluster.ClusterView}, one a member: publishes its row of the shared table, and keeps the table.
 * </ul>
 *
 * <p>A round:
 *
 * <ol>
 *   <li>Each member counts what it could free there, and offers it.
 *   <li>The target is split over the offers ({@code Split}), by the arithmetic of the engine.
 *   <li>Each member runs its part as a round of its own. What parts did not deliver is split again, over those that can give
 *       more, while the deadline lasts; a part has half of the time that is left, so that a member that is stuck leaves the
 *       others the other half.
 * </ol>
 *
 * <p>Where more than some hundred messages are to go out at a time, they go in bundles by way of some of the members, the heads.
 * {@code FanOut} knows nothing of that, and nothing relies on them.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>A round ends by its own deadline and by reachability. It never waits for a member to be removed from the cluster.
 *   <li>What the report says was freed, was freed. A member whose answer does not come may have freed up to what it was asked
 *       for; its entry says that it did not end well.
 *   <li>No member does a part after its round is over, or after its requester was removed: a part is good until a time on the
 *       member's own clock, counted from its offer, and the round counts from the offer's arrival, which is later. So no two
 *       clocks have to agree. What a frozen member finds when it wakes up is too late.
 *   <li>Every message may be lost, late, twice, and in any order. Requests are sent again until they are answered; who
 *       receives one twice answers twice and does it once.
 *   <li>A report says that nobody can give more only where each member that can be reached has said so itself. It names every
 *       member, and why one did not do what it was asked for, or was not asked.
 *   <li>Rounds of others take no more of a member's reclaimer than {@code reclaimer.cluster.max-parts} ({@code Places}); what
 *       waits is answered when its time is over. One refusal puts a member out of one split, not out of the round.
 *   <li>Rounds of others free no more in a minute than {@code reclaimer.cluster.give} ({@code GiveBudget}); offers and parts are
 *       cut to it.
 *   <li>A member's reclaimer is asked by messages ({@code ReclaimerCall}), and each call is answered: no part needs a thread that
 *       an application may block, and none keeps its place for good.
 *   <li>Members only are served ({@code Roster.requester}), until they are removed. Everything else is dropped, and counted.
 *   <li>A part goes by one offer, whose nonce it brings back. So what is replayed when the round is forgotten does nothing.
 *   <li>Every request is answered, whatever it holds that this version does not know; and every request for a round,
 *       whatever is thrown ({@code AnswerGuard}, {@code ClusterReclaimer}).
 *   <li>What decides ({@code FanOut}, {@code PostOffice}, {@code Relay}, {@code MemberParts}, {@code Places}, {@code GiveBudget},
 *       {@code Split}, {@code Verdict}, {@code ViewRule}) has no actor, clock or network of its own, so that the same code runs
 *       in simulation with a thousand members.
 *   <li>What comes from another member is checked like what comes from a user, where it is read ({@code ClusterMessage}).
 * </ul>
 */
@NullMarked
package io.reclaimer.cluster;

import org.jspecify.annotations.NullMarked;
