package io.reclaimer.cluster;

import akka.actor.ActorSelectionMessage;
import akka.actor.Address;
import akka.actor.SelectChildName;
import akka.actor.SelectionPathElement;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.UniqueAddress;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.ReplicatedData;
import akka.cluster.ddata.Replicator$Internal$DataEnvelope;
import akka.cluster.ddata.Replicator$Internal$Delta;
import akka.cluster.ddata.Replicator$Internal$DeltaPropagation;
import akka.cluster.ddata.Replicator$Internal$Gossip;
import akka.cluster.ddata.Replicator$Internal$Status;
import akka.cluster.ddata.SelfUniqueAddress;
import akka.cluster.ddata.VersionVector;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.cluster.ClusterMessage.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import scala.Option;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The real serializers for simulated members, in an actor system of its own that joins no cluster. All addresses are made
 * up and constant, so the sizes of messages are, too.
 */
final class Wire implements AutoCloseable {

    /** The uid of the actor systems, except for some bits. */
    static final long UID = 0x5eed_5eed_5eed_5eedL;

    private static final long CLOCK_MILLIS = 1_800_000_000_000L;
    private static final int DIGEST_BYTES = 20;

    /** The uid of the first cluster actor, as long as most are. */
    private static final int FIRST_REF = 1_234_500_000;

    /** The minimum number of changes that a member has made to its replicated data: that of some days. */
    private static final int LEAST_CHANGES = 1_000;

    private final ActorSystem<Void> system = ActorSystem.create(
            Behaviors.empty(), "wire", ConfigFactory.parseString("""
                            akka.actor.provider = cluster
                            akka.remote.artery.canonical.hostname = "127.0.0.1"
                            akka.remote.artery.canonical.port = 0
                            akka.cluster.jmx.enabled = off
                            """).withFallback(ConfigFactory.load()));
    private final Serialization serialization = SerializationExtension.get(Adapter.toClassic(system));

    @Override
    public void close() {
        system.terminate();
    }

    /** The name of a member. */
    static String member(int number) {
        return "10." + number / 65536 + "." + number / 256 % 256 + "." + number % 256 + ":25520";
    }

    /** The cluster actor of a member. All are on one host, because each host would get a connection: 10,000 of them. */
    akka.actor.typed.ActorRef<ClusterMessage> ref(int member) {
        return ActorRefResolver.get(system)
                .resolveActorRef("akka://shop@" + member(0) + ClusterMember.PATH + "#" + (FIRST_REF + member));
    }

    byte[] write(ClusterMessage message) {
        return serialization.serialize(message).get();
    }

    /** Reads a message by the same code as a member. */
    ClusterMessage read(byte[] bytes, ClusterMessage written) {
        var serializer = serialization.findSerializerFor(written);
        ClusterMessage read = (ClusterMessage) serialization
                .deserialize(bytes, serializer.identifier(), Serializers.manifestFor(serializer, written))
                .get();
        if (!read.equals(written)) {
            throw new IllegalStateException("Written [" + written + "] and read [" + read + "]");
        }
        return read;
    }

    /** The size of a status with the digests of the keys. */
    int statusBytes(List<String> keys) {
        Map<String, Tuple2<ByteString, Object>> digests = new LinkedHashMap<>();
        keys.forEach(key -> digests.put(key, Tuple2.apply(ByteString.fromArray(new byte[DIGEST_BYTES]), 0L)));
        return sizeFromReplicator(new Replicator$Internal$Status(
                scala(digests), 0, 1, Option.apply((Object) UID), Option.apply((Object) UID)));
    }

    /** The size of the change of one row, as it is sent to one member. */
    int deltaBytes(String key, Row row) {
        SelfUniqueAddress self = address(row.member());
        LWWMap<String, ClusterMessage> before =
                put(LWWMap.<String, ClusterMessage>create(), self, row).resetDelta();
        ReplicatedData delta = (ReplicatedData) put(before, self, row).delta().get();
        Replicator$Internal$DataEnvelope envelope = envelope(delta);
        return sizeFromReplicator(new Replicator$Internal$DeltaPropagation(
                self.uniqueAddress(), false, scala(Map.of(key, new Replicator$Internal$Delta(envelope, 40, 40)))));
    }

    /** The size of a whole map, compressed, as it is sent where the digests of two members differ. */
    int gossipBytes(String key, List<Row> rows) {
        Replicator$Internal$DataEnvelope envelope = envelope(map(rows));
        return size(new Replicator$Internal$Gossip(
                scala(Map.of(key, Tuple2.apply(envelope, (Object) 0L))),
                true,
                Option.apply((Object) UID),
                Option.apply((Object) UID)));
    }

    /** The size of a whole map, as the replicator compares it to the maximum frame. */
    int mapBytes(List<Row> rows) {
        return size(envelope(map(rows)));
    }

    /** The input of a digest after changes of rows in that order. */
    byte[] mapFromChanges(List<Row> rows) {
        LWWMap<String, ClusterMessage> map = LWWMap.create();
        for (Row row : rows) {
            var change = put(LWWMap.<String, ClusterMessage>create(), address(row.member()), row)
                    .delta()
                    .get();
            map = map.mergeDelta(change);
        }
        return serialization.serialize(envelope(map)).get();
    }

    private static LWWMap<String, ClusterMessage> map(List<Row> rows) {
        LWWMap<String, ClusterMessage> map = LWWMap.create();
        for (Row row : rows) {
            map = put(map, address(row.member()), row);
        }
        return map;
    }

    /** Each member counts its own changes; here all share the counter of one process, which is set for each. */
    private static LWWMap<String, ClusterMessage> put(
            LWWMap<String, ClusterMessage> map, SelfUniqueAddress member, Row row) {
        VersionVector.Timestamp$.MODULE$
                .counter()
                .set(LEAST_CHANGES + Math.floorMod(row.member().hashCode(), LEAST_CHANGES));
        return map.put(
                member,
                TableReplica.rowKey(member.uniqueAddress()),
                row,
                (current, value) -> CLOCK_MILLIS + row.publishedMillis());
    }

    private static SelfUniqueAddress address(String member) {
        String[] hostAndPort = member.split(":");
        Address address = new Address("akka", "shop", hostAndPort[0], Integer.parseInt(hostAndPort[1]));
        return new SelfUniqueAddress(new UniqueAddress(address, UID ^ member.hashCode()));
    }

    private static Replicator$Internal$DataEnvelope envelope(ReplicatedData data) {
        return new Replicator$Internal$DataEnvelope(
                data, scala.collection.immutable.Map$.MODULE$.empty(), VersionVector.empty());
    }

    /** Statuses and deltas are sent to a selection, which names the replicator by its path. */
    private int sizeFromReplicator(Object message) {
        List<SelectionPathElement> path = new ArrayList<>();
        path.add(new SelectChildName("system"));
        path.add(new SelectChildName("ddataReplicator"));
        return size(new ActorSelectionMessage(
                message, CollectionConverters.asScala(path).toVector(), false));
    }

    private int size(Object message) {
        return serialization.serialize(message).get().length;
    }

    private static <K, V> scala.collection.immutable.Map<K, V> scala(Map<K, V> map) {
        return scala.collection.immutable.Map$.MODULE$.from(CollectionConverters.asScala(map));
    }
}
