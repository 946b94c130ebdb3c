package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import akka.cluster.ClusterEvent;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.SelfRemoved;
import akka.cluster.typed.Subscribe;
import java.util.Set;
import java.util.function.Function;

/** What the cluster and the receptionist tell this member about who is there. */
sealed interface RosterChange extends ClusterMember.Command {

    /** Those who take part, all of them. */
    record Doors(Set<ActorRef<ClusterMessage>> doors) implements RosterChange {}

    /** One is new, or in another state. */
    record Is(Member member) implements RosterChange {}

    record Gone(Member member) implements RosterChange {}

    record Reachability(Member member, boolean reachable) implements RosterChange {}

    /** This member was removed from the cluster, and its actor system goes on. */
    record SelfGone() implements RosterChange {}

    ServiceKey<ClusterMessage> DOOR = ServiceKey.create(ClusterMessage.class, ClusterMember.NAME);

    /** From now on the actor is told; it takes part itself, with that door. */
    static void subscribe(ActorContext<ClusterMember.Command> context, ActorRef<ClusterMessage> door) {
        ActorRef<Receptionist.Command> receptionist = context.getSystem().receptionist();
        receptionist.tell(Receptionist.register(DOOR, door));
        receptionist.tell(Receptionist.subscribe(
                DOOR,
                context.messageAdapter(
                        Receptionist.Listing.class, listing -> new Doors(listing.getAllServiceInstances(DOOR)))));
        subscribe(context, ClusterEvent.MemberEvent.class, RosterChange::of);
        subscribe(
                context,
                ClusterEvent.ReachabilityEvent.class,
                event -> new Reachability(event.member(), event instanceof ClusterEvent.ReachableMember));
        subscribe(context, SelfRemoved.class, removed -> new SelfGone());
    }

    private static <E extends ClusterEvent.ClusterDomainEvent> void subscribe(
            ActorContext<ClusterMember.Command> context, Class<E> event, Function<E, RosterChange> toChange) {
        Cluster.get(context.getSystem())
                .subscriptions()
                .tell(Subscribe.create(context.messageAdapter(event, toChange::apply), event));
    }

    private static RosterChange of(ClusterEvent.MemberEvent event) {
        return event instanceof ClusterEvent.MemberRemoved ? new Gone(event.member()) : new Is(event.member());
    }
}
