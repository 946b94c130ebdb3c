package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import java.util.Optional;

/** What {@link Relay} needs around it, on a real member. Confined to the member's actor, as the roster is. */
record RelayPort(Roster roster) implements Relay.Port {

    @Override
    public Optional<ActorRef<ClusterMessage>> door(String member) {
        return roster.door(member);
    }

    @Override
    public void send(ActorRef<ClusterMessage> to, ClusterMessage message) {
        to.tell(message);
    }
}
