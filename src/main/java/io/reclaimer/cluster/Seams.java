package io.reclaimer.cluster;

import akka.actor.typed.Behavior;
import java.util.function.UnaryOperator;

/**
 * Where tests step in; {@link #NONE} elsewhere.
 *
 * @param member what stands between the other members and this one: that is where messages get lost
 * @param round the same around the actor of a round
 * @param mostDirect of {@link PostOffice}
 */
record Seams(
        UnaryOperator<Behavior<ClusterMember.Command>> member,
        UnaryOperator<Behavior<ClusterRound.Command>> round,
        int mostDirect) {

    static final Seams NONE = new Seams(member -> member, round -> round, PostOffice.MOST_DIRECT);
}
