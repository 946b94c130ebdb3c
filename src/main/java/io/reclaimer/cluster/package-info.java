/**
 * Rounds over the members of an Akka Cluster. The only package whose messages cross a socket. The page <em>Rounds over a
 * cluster</em> has the steps of a round, its outcomes and its faults.
 *
 * <p>The API: {@link io.reclaimer.cluster.ClusterReclaimer}, {@link io.reclaimer.cluster.ClusterRequest}, {@link
 * io.reclaimer.cluster.ClusterReport}, {@link io.reclaimer.cluster.ClusterTable} and {@link
 * io.reclaimer.cluster.MemberPressure}.
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
 * <p>Rules that no single class states:
 *
 * <ul>
 *   <li>Any message may be lost, late, duplicated or reordered. Requests are sent again until they are answered. A
 *       participant answers a duplicate again, and does its work once.
 *   <li>No participant runs a part after its round is over, or after the coordinating member was removed. A part is valid
 *       for a time on the participant's own clock, counted from its offer; the coordinator counts from the arrival of the
 *       offer, which is later. So no two clocks have to agree, and a frozen member that wakes up finds its part expired.
 *   <li>Every request is answered: between members even where this version does not understand it, and for a round even
 *       where its actor fails. Only requests of actor systems that are no members are dropped.
 *   <li>Every message from another member is validated when it is read, as the input of a user is.
 *   <li>The decisions ({@code Coordinator}, {@code MemberParts}, {@code KnownRounds}, {@code GiveLimit}, {@code
 *       Allocation}, {@code RowPolicy}) have no actor, clock or network of their own, so that scenarios and simulations run
 *       the same code. {@code Coordinator}, {@code MemberParts} and the types in their signatures are public for scenarios
 *       only.
 * </ul>
 */
@NullMarked
package io.reclaimer.cluster;

import org.jspecify.annotations.NullMarked;
