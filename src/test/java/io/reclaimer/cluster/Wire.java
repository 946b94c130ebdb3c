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
 * The real serializers: what simulated members send each other is what these write. An actor system of its own, which joins
 * nothing. All addresses are made up and always the same, so sizes are.
 */
final class Wire implements AutoCloseable {

    /** Of each member's actor system, but for some bits. */
    static final long UID = 0x5eed_5eed_5eed_5eedL;

    private static final long CLOCK_MILLIS = 1_800_000_000_000L;
    private static final int DIGEST_BYTES = 20;

    /** Of the numbers by which actors of one path differ, one as long as most are. */
    private static final int FIRST_DOOR = 1_234_500_000;

    /** How many changes a member has made to all its replicated data: that of some days. */
    private static final int LEAST_CHANGES = 1_000;

    private final ActorSystem<Void> system = ActorSystem.create(
            Behaviors.empty(), "wire", ConfigFactory.parseString("""
                            akka.actor.provider = cluster
                            akka.remote.artery.canonical.hostname = "127.0.0.1"
                            akka.remote.artery.canonical.port = 0
                            akka.cluster.jmx.enabled = off
                            """).withFallback(ConfigFactory.load()));
    private final Serialization serialization = SerializationExtension.get(Adapter.toClassic(system));

    /** Of messages inside others. */
    InnerMessages inner() {
        return new InnerMessages(system);
    }

    @Override
    public void close() {
        system.terminate();
    }

    /** A member's name, as in tables and reports. */
    static String member(int number) {
        return "10." + number / 65536 + "." + number / 256 % 256 + "." + number % 256 + ":25520";
    }

    /** The door of a member. All are on one host, for each host would get a connection of its own, 10,000 of them. */
    akka.actor.typed.ActorRef<ClusterMessage> door(int member) {
        return ActorRefResolver.get(system)
                .resolveActorRef("akka://shop@" + member(0) + ClusterMember.PATH + "#" + (FIRST_DOOR + member));
    }

    byte[] write(ClusterMessage message) {
        return serialization.serialize(message).get();
    }

    /** Read again, by the same code as on a member. */
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

    /** Of a status of that many keys, digests and all. */
    int statusBytes(List<String> keys) {
        Map<String, Tuple2<ByteString, Object>> digests = new LinkedHashMap<>();
        keys.forEach(key -> digests.put(key, Tuple2.apply(ByteString.fromArray(new byte[DIGEST_BYTES]), 0L)));
        return sizeFromReplicator(new Replicator$Internal$Status(
                scala(digests), 0, 1, Option.apply((Object) UID), Option.apply((Object) UID)));
    }

    /** Of a change of one row, as it is sent to one member. */
    int deltaBytes(String key, Row row) {
        SelfUniqueAddress self = address(row.member());
        LWWMap<String, ClusterMessage> before =
                put(LWWMap.<String, ClusterMessage>create(), self, row).resetDelta();
        ReplicatedData delta = (ReplicatedData) put(before, self, row).delta().get();
        Replicator$Internal$DataEnvelope envelope = envelope(delta);
        return sizeFromReplicator(new Replicator$Internal$DeltaPropagation(
                self.uniqueAddress(), false, scala(Map.of(key, new Replicator$Internal$Delta(envelope, 40, 40)))));
    }

    /** Of all of a map, as it is sent where two members' digests differ: compressed. */
    int gossipBytes(String key, List<Row> rows) {
        Replicator$Internal$DataEnvelope envelope = envelope(map(rows));
        return size(new Replicator$Internal$Gossip(
                scala(Map.of(key, Tuple2.apply(envelope, (Object) 0L))),
                true,
                Option.apply((Object) UID),
                Option.apply((Object) UID)));
    }

    /** Of all of a map, as the replicator weighs it against the largest frame. */
    int mapBytes(List<Row> rows) {
        return size(envelope(map(rows)));
    }

    /** What a digest is taken of, where rows came as changes in that order. */
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

    /** Each member numbers its changes for itself, and here they are all of one process, whose counter is set back. */
    private static LWWMap<String, ClusterMessage> put(
            LWWMap<String, ClusterMessage> map, SelfUniqueAddress member, Row row) {
        VersionVector.Timestamp$.MODULE$
                .counter()
                .set(LEAST_CHANGES + Math.floorMod(row.member().hashCode(), LEAST_CHANGES));
        return map.put(
                member,
                ClusterView.rowKey(member.uniqueAddress()),
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
