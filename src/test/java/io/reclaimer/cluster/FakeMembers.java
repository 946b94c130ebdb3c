package io.reclaimer.cluster;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.UniqueAddress;
import akka.util.Version;
import scala.jdk.javaapi.CollectionConverters;

/** Members that are not there, as the cluster tells of them. */
final class FakeMembers {

    private FakeMembers() {}

    /** One of the role {@code cache}. */
    static Member member(String host, long uid, MemberStatus status) {
        return new Member(
                new UniqueAddress(new Address("akka", "shop", host, 25520), uid),
                1,
                status,
                scala.collection.immutable.Set$.MODULE$.from(
                        CollectionConverters.asScala(java.util.List.of("cache", "dc-default"))),
                Version.Zero());
    }

    /** The door of one that is elsewhere. */
    static ActorRef<ClusterMessage> door(ActorSystem<?> system, String actorSystem, String host) {
        return ActorRefResolver.get(system)
                .resolveActorRef("akka://" + actorSystem + "@" + host + ":25520" + ClusterMember.PATH + "#1");
    }

    /** The door of one that is here. */
    static ActorRef<ClusterMessage> ownDoor(ActorSystem<?> system) {
        return ActorRefResolver.get(system).resolveActorRef("akka://" + system.name() + ClusterMember.PATH + "#1");
    }
}
