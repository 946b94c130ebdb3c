package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.SelfUp;
import akka.cluster.typed.Subscribe;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.testkit.ReclaimerTestSystem;

/** A cluster of one member, with a reclaimer, shared by all tests of a class. */
final class ShardedCluster {

    static final String CONFIG = """
        akka.actor.provider = cluster
        akka.remote.artery.canonical.hostname = "127.0.0.1"
        akka.remote.artery.canonical.port = 0
        akka.cluster.jmx.enabled = off
        akka.cluster.gossip-interval = 100 ms
        akka.cluster.leader-actions-interval = 100 ms
        # An entity that does not stop holds up the end of the system for so long.
        akka.cluster.sharding.handoff-timeout = 1 s
        akka.cluster.sharding.retry-interval = 100 ms
        akka.cluster.sharding.distributed-data.notify-subscribers-interval = 100 ms
        """;

    /** For entities that a limit passivates: a limit of 1,000 in 4 shards. */
    static final String WITH_LIMIT = """
        akka.cluster.sharding.number-of-shards = 4
        akka.cluster.sharding.passivation {
          strategy = limited
          limited {
            active-entity-limit = 1000
            replacement.policy = least-recently-used
          }
        }
        """;

    private ShardedCluster() {}

    /** The configuration of a contract test, with more settings. */
    static Config contractConfig(String settings) {
        // Nobody stays that would have to be told that this member leaves.
        return ConfigFactory.parseString(
                "akka.coordinated-shutdown.run-by-actor-system-terminate = off\n" + CONFIG + settings);
    }

    static ReclaimerTestSystem start(String settings) {
        ReclaimerTestSystem kit = ReclaimerTestSystem.start(settings + "\n" + CONFIG);
        kit.expectActor("$*");
        join(kit.testKit());
        return kit;
    }

    /** Forms the cluster, and returns when this system is a member of it. */
    static void join(ActorTestKit kit) {
        TestProbe<SelfUp> up = kit.createTestProbe();
        Cluster cluster = Cluster.get(kit.system());
        cluster.subscriptions().tell(Subscribe.create(up.ref(), SelfUp.class));
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        assertThat(up.receiveMessage(ShrinkerCaller.PATIENCE)).isNotNull();
    }
}
