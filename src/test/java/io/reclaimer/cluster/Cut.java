package io.reclaimer.cluster;

import akka.actor.Address;
import akka.actor.ExtendedActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.typed.Cluster;
import akka.remote.RemoteActorRefProvider;
import akka.remote.testkit.Blackhole;
import akka.remote.testkit.Direction;
import akka.remote.testkit.SetThrottle;
import akka.remote.testkit.ThrottleMode;
import akka.remote.testkit.Unthrottled;
import io.reclaimer.cluster.Members.One;
import java.util.List;
import scala.jdk.javaapi.FutureConverters;

/** Partitions between groups of members, made in the transport, which has to be in its test mode. */
final class Cut {

    static final String CONFIG = "akka.remote.artery.advanced.test-mode = on";

    private Cut() {}

    /** Drops all messages between two groups. */
    static void between(List<One> some, List<One> others) {
        set(some, others, Blackhole.getInstance());
    }

    /** Ends the partition. */
    static void heal(List<One> some, List<One> others) {
        set(some, others, Unthrottled.getInstance());
    }

    private static void set(List<One> some, List<One> others, ThrottleMode mode) {
        for (One one : some) {
            for (One other : others) {
                set(one, other, mode);
                set(other, one, mode);
            }
        }
    }

    private static void set(One one, One other, ThrottleMode mode) {
        RemoteActorRefProvider provider =
                (RemoteActorRefProvider) ((ExtendedActorSystem) Adapter.toClassic(one.kit.system())).provider();
        Address address = Cluster.get(other.kit.system()).selfMember().address();
        one.kit.await(FutureConverters.asJava(
                provider.transport().managementCommand(new SetThrottle(address, Direction.bothDirection(), mode))));
    }
}
