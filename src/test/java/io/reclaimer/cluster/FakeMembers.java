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

/** Members that do not exist, as the cluster reports them. */
final class FakeMembers {

    private FakeMembers() {}

    /** A member with the role {@code cache}. */
    static Member member(String host, long uid, MemberStatus status) {
        return new Member(
                new UniqueAddress(new Address("akka", "shop", host, 25520), uid),
                1,
                status,
                scala.collection.immutable.Set$.MODULE$.from(
                        CollectionConverters.asScala(java.util.List.of("cache", "dc-default"))),
                Version.Zero());
    }

    /** The cluster actor of a member elsewhere. */
    static ActorRef<ClusterMessage> ref(ActorSystem<?> system, String actorSystem, String host) {
        return ActorRefResolver.get(system)
                .resolveActorRef("akka://" + actorSystem + "@" + host + ":25520" + ClusterMember.PATH + "#1");
    }

    /** The cluster actor of the member in this process. */
    static ActorRef<ClusterMessage> ownRef(ActorSystem<?> system) {
        return ActorRefResolver.get(system).resolveActorRef("akka://" + system.name() + ClusterMember.PATH + "#1");
    }
}
