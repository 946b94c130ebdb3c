/**
 * Rounds over the members of an Akka Cluster. The only package whose messages cross a socket. {@link
 * io.reclaimer.cluster.ClusterReclaimer} is the front door; {@link io.reclaimer.cluster.ClusterRequest}, {@link
 * io.reclaimer.cluster.ClusterReport}, {@link io.reclaimer.cluster.ClusterTable} and {@link
 * io.reclaimer.cluster.MemberPressure} complete the API.
 *
 * <p>Actors:
 *
 * <ul>
 *   <li>{@link io.reclaimer.cluster.ClusterMember}, one per member, receives all messages of other members. It owns the
 *       {@code Roster} of members and this member's {@code MemberParts}, and starts rounds.
 *   <li>{@link io.reclaimer.cluster.ClusterRound}, one per round, is the clock and the network of a {@code Coordinator}.
 *   <li>{@link io.reclaimer.cluster.TableReplica}, one per member where the shared table is enabled, publishes its row.
 * </ul>
 *
 * <p>A round:
 *
 * <ol>
 *   <li>The coordinator asks every participant directly. Each counts what it could free, and offers it.
 *   <li>The target is allocated to the offers ({@code Allocation}), by the arithmetic of the engine.
 *   <li>Each participant runs its part as a round of its own. Objects that parts did not deliver are allocated again, to
 *       the participants that can give more, while the deadline lasts. An allocation gets half of the remaining time, so
 *       that a stuck participant leaves the others the other half.
 * </ol>
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>A round ends by its own deadline and by reachability. It never waits for a member to be removed from the cluster.
 *   <li>Everything that a report counts was freed. A participant whose reply is missing may have freed up to what it was
 *       asked for; its entry does not claim a good end.
 *   <li>No participant runs a part after its round is over, or after the coordinating member was removed. A part is valid
 *       for a time on the participant's own clock, counted from its offer; the coordinator counts from the arrival of the
 *       offer, which is later. So no two clocks have to agree, and a frozen member that wakes up finds its part expired.
 *   <li>Any message may be lost, late, duplicated or reordered. Requests are sent again until they are answered. A
 *       participant answers a duplicate again, and does its work once.
 *   <li>The outcome {@code SHORT} takes a statement of each reachable participant that it is exhausted. A report names
 *       every member, and the reason where a member was not asked or fell short.
 *   <li>Rounds of others take at most {@code reclaimer.cluster.max-parts} slots of a member's reclaimer ({@code
 *       KnownRounds}). A count or part that waits too long is answered. A temporary refusal excludes a participant from
 *       one allocation, not from the round.
 *   <li>Rounds of others free at most {@code reclaimer.cluster.give} bytes in a minute ({@code GiveBudget}). Offers and
 *       parts are cut to that.
 *   <li>A member's reclaimer is asked by messages, and each is answered ({@code LocalReclaimer}). So no part depends on a
 *       thread that an application may block, and none keeps its slot for good.
 *   <li>Only members are served, until they are removed ({@code Roster.requester}). Other requests are dropped and counted.
 *   <li>A part carries the nonce of the offer on which it is based. So replaying it when the round is forgotten does
 *       nothing.
 *   <li>Every request between members is answered, even one that this version does not understand. Every request for a
 *       round is answered, even where its actor fails ({@code ClusterRound}, {@code ClusterReclaimer}).
 *   <li>Every message from another member is validated when it is read, as the input of a user is ({@code ClusterMessage}).
 *   <li>The decisions ({@code Coordinator}, {@code MemberParts}, {@code KnownRounds}, {@code GiveBudget}, {@code
 *       Allocation}, {@code RowPolicy}) have no actor, clock or network of their own, so that scenarios and simulations run
 *       the same code. {@code Coordinator}, {@code MemberParts} and the types in their signatures are public for scenarios
 *       only.
 * </ul>
 */
@NullMarked
package io.reclaimer.cluster;

import org.jspecify.annotations.NullMarked;
