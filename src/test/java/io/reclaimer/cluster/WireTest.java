package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Header;
import io.reclaimer.cluster.ClusterMessage.Malformed;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterMessage.Row;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Seeded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Messages on the wire. */
class WireTest {

    private static final ObjectMapper PLAIN = new ObjectMapper(new CBORFactory());

    static final List<String> KINDS = List.copyOf(ClusterSerializer.KINDS.keySet());

    private static ReclaimerTestSystem kit;
    private static ClusterSerializer serializer;
    private static final Map<Golden, Map<String, ClusterMessage>> golden = new EnumMap<>(Golden.class);

    /** The messages of this version. */
    private static Map<String, ClusterMessage> now;

    private long faultsBefore;

    @BeforeAll
    static void start() {
        kit = ReclaimerTestSystem.start(Members.CONFIG);
        serializer = new ClusterSerializer((ExtendedActorSystem) Adapter.toClassic(kit.system()));
        ActorRef<ClusterMessage> ref = ActorRefResolver.get(kit.system())
                .resolveActorRef("akka://shop@10.1.2.3:25520/system/reclaimer-cluster#-1234567");
        for (Golden version : Golden.values()) {
            golden.put(version, version.messages(ref));
        }
        now = golden.get(Golden.SECOND);
    }

    @AfterAll
    static void stop() {
        kit.stop();
    }

    @BeforeEach
    void count() {
        faultsBefore = faults();
    }

    /** From the stored bytes of each version. */
    @ParameterizedTest
    @FieldSource("KINDS")
    void whatEachVersionWroteIsRead(String kind) {
        for (Golden version : Golden.values()) {
            assertThat(read(bytes(version, kind), kind))
                    .as(version.name())
                    .isEqualTo(golden.get(version).get(kind));
        }
    }

    @ParameterizedTest
    @FieldSource("KINDS")
    void whatIsWrittenIsReadAgain(String kind) {
        ClusterMessage message = now.get(kind);
        assertThat(serializer.manifest(message)).isEqualTo(kind);
        assertThat(read(write(message), kind)).isEqualTo(message);
        assertThat(write(message))
                .as("what is kept is what this version writes")
                .isEqualTo(bytes(Golden.SECOND, kind));
    }

    /** The components that version 1 knows are there, with the same values; it ignores the others. */
    @ParameterizedTest
    @FieldSource("KINDS")
    void whatIsWrittenIsReadByTheFirstVersion(String kind) throws IOException {
        JsonNode first = PLAIN.readTree(bytes(Golden.FIRST, kind));
        JsonNode written = PLAIN.readTree(write(now.get(kind)));
        first.fieldNames()
                .forEachRemaining(name -> assertThat(written.get(name)).as(name).isEqualTo(first.get(name)));
    }

    @ParameterizedTest
    @FieldSource("KINDS")
    void whatALaterVersionSaysMoreIsIgnored(String kind) throws IOException {
        byte[] more = changed(
                kind, fields -> fields.put("later", 1).putObject("nested").put("a", "b"));
        assertThat(read(more, kind)).isEqualTo(now.get(kind));
    }

    /** The reader decides what an unknown constant means. Dropping the message would leave its sender without an answer. */
    @Test
    void constantsOfALaterVersionAreRead() throws IOException {
        assertThat(((Count) read(
                                changed(
                                        "count/1",
                                        fields -> fields.putArray("flags").add("SOON")),
                                "count/1"))
                        .flags())
                .containsExactly("SOON");
        assertThat(((Offer) read(changed("offer/1", fields -> fields.put("pressure", "HIGH")), "offer/1")).pressure())
                .isEqualTo("HIGH");
        assertThat(((Reclaimed) read(changed("reclaimed/1", fields -> fields.put("end", "WELL")), "reclaimed/1")).end())
                .isEqualTo("WELL");
        assertThat(((Row) read(changed("row/1", fields -> fields.put("pressure", "HIGH")), "row/1")).pressure())
                .isEqualTo("HIGH");
        for (String wrong : List.of("", "a b", "low", "X".repeat(65))) {
            assertMalformed("count/1", fields -> fields.putArray("flags").add(wrong));
            assertMalformed("offer/1", fields -> fields.put("pressure", wrong));
            assertMalformed("reclaimed/1", fields -> fields.put("end", wrong));
            assertMalformed("row/1", fields -> fields.put("pressure", wrong));
        }
    }

    /** So the sender of an unreadable request is told why. */
    @Test
    void ofWhatCannotBeReadItIsKnownWhoWaitsForAnAnswer() throws IOException {
        Count count = (Count) now.get("count/1");
        Header asked = new Header(count.round(), 3, 0, count.replyTo(), count.fromUid());
        assertThat(header("count/1", fields -> fields.put("cgroup", "shop"))).contains(asked);
        assertThat(header("count/1", fields -> fields.put("withinMillis", "soon")))
                .contains(asked);
        assertThat(header("reclaim/1", fields -> fields.put("priority", 13)))
                .contains(new Header(count.round(), 3, 2, count.replyTo(), count.fromUid()));
        byte[] later = changed("reclaim/1", fields -> fields.put("urgent", true));
        assertThat(((Malformed) read(later, "reclaim/2")).header())
                .contains(new Header(count.round(), 3, 2, count.replyTo(), count.fromUid()));
        assertThat(header("offer/1", fields -> fields.put("freeableObjects", -1)))
                .contains(new Header(count.round(), 3, 0, null, 0));
        // Nobody waits for an answer to these, or the sender is unknown.
        assertThat(header("cancel/1", fields -> fields.put("round", 0).remove("replyTo")))
                .isEmpty();
        assertThat(header("row/1", fields -> fields.put("limitBytes", -1))).isEmpty();
        assertThat(header("count/1", fields -> fields.put("cgroup", "shop").remove("round")))
                .isEmpty();
        assertThat(header("count/1", fields -> fields.put("seat", -1))).isEmpty();
        assertThat(header("count/1", fields -> fields.put("replyTo", "akka://shop@10.1.2.3:25520/user/victim")))
                .isEmpty();
        assertThat(header("count/1", fields -> fields.put("later", "x".repeat(ClusterSerializer.MAX_BYTES))))
                .isEmpty();
    }

    @Test
    void akkaFindsTheSerializer() {
        now.values()
                .forEach(message ->
                        assertThat(serialization().findSerializerFor(message)).isInstanceOf(ClusterSerializer.class));
        assertThat(serializer.identifier()).isEqualTo(728_201);
    }

    @Test
    void whatIsNotOnTheListIsNotRead() throws IOException {
        byte[] bytes = bytes(Golden.SECOND, "refused/1");
        for (String manifest : List.of("refused/2", "java.lang.String", Refused.class.getName(), "", "x".repeat(99))) {
            assertMalformed(bytes, manifest);
        }
        assertThatThrownBy(() -> serializer.toBinary("a string"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no message of members");
    }

    @Test
    void whatIsTooLargeIsNotRead() throws IOException {
        byte[] large = changed("refused/1", fields -> fields.put("later", "x".repeat(ClusterSerializer.MAX_BYTES)));
        assertMalformed(large, "refused/1");
    }

    /** Names, paths and numbers are checked like the input of a user. */
    @Test
    void whatIsNotAllowedIsNotRead() throws IOException {
        assertMalformed("count/1", fields -> fields.put("cgroup", "/../etc"));
        assertMalformed("count/1", fields -> fields.put("cgroup", "shop"));
        assertMalformed("count/1", fields -> fields.remove("cgroup"));
        assertMalformed("count/1", fields -> fields.putArray("nodes").add("a b"));
        assertMalformed("count/1", fields -> fields.put("withinMillis", 0));
        assertMalformed("count/1", fields -> fields.put("countMillis", 10_001));
        assertMalformed("count/1", fields -> fields.put("seat", -1));
        assertMalformed("count/1", fields -> fields.put("seat", "first"));
        assertMalformed("count/1", fields -> fields.remove("replyTo"));
        assertMalformed("offer/1", fields -> fields.put("freeableObjects", -1));
        assertMalformed("offer/1", fields -> fields.putArray("plannedObjects").add(1));
        assertMalformed("offer/1", fields -> fields.withArray("plannedObjects").set(0, -5));
        assertMalformed("reclaim/1", fields -> fields.put("priority", 13));
        assertMalformed("reclaim/1", fields -> fields.put("part", 0));
        assertMalformed("reclaim/1", fields -> fields.put("objects", -1));
        assertMalformed("reclaim/1", fields -> fields.put("untilMicros", Long.MAX_VALUE));
        assertMalformed("reclaimed/1", fields -> fields.put("freedObjects", Long.MIN_VALUE));
        assertMalformed("refused/1", fields -> fields.put("reason", ""));
        assertMalformed("refused/1", fields -> fields.put("reason", "x".repeat(513)));
        assertMalformed("row/1", fields -> fields.withArray("cgroups").add("no path"));
        assertMalformed("row/1", fields -> fields.withArray("cgroups").add("/one/more"));
        assertMalformed("row/1", fields -> {
            for (int i = 0; i < 65; i++) {
                fields.withArray("cgroups").add("/a" + i);
                fields.withArray("cgroupObjects").add(i);
            }
        });
    }

    /** Otherwise a message could cause sends to any actor here. */
    @Test
    void repliesGoToClusterActorsOnly() throws IOException {
        for (String kind : List.of("count/1", "reclaim/1", "cancel/1")) {
            assertMalformed(kind, fields -> fields.put("replyTo", "akka://shop@10.1.2.3:25520/user/victim"));
            assertMalformed(kind, fields -> fields.put("replyTo", "no path"));
        }
    }

    @Test
    void bytesThatAreNoMessageAreCountedAndWrittenAsTheyCame() {
        readMutated(2_000);
    }

    @Test
    @Tag("nightly")
    void moreBytesThatAreNoMessageAreCountedAndWrittenAsTheyCame() {
        readMutated(20_000);
    }

    private void readMutated(int runs) {
        Seeded random = Seeded.create();
        for (int run = 0; run < runs; run++) {
            String kind = KINDS.get(random.nextInt(KINDS.size()));
            byte[] bytes = write(now.get(kind));
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            long before = faults();
            Object read = read(bytes, kind);
            assertThat(read).as("%s", random).isInstanceOf(ClusterMessage.class);
            boolean malformed = read instanceof Malformed;
            assertThat(faults() - before).isEqualTo(malformed ? 1 : 0);
            if (malformed) {
                assertThat(write(read)).isEqualTo(bytes);
                assertThat(serializer.manifest(read)).isEqualTo(kind);
            }
        }
        assertThat(faults()).isGreaterThan(faultsBefore);
    }

    /** The largest row that the checks allow. */
    @Test
    void largestRowFits() {
        String longest = "/" + "x".repeat(64);
        List<String> paths = new ArrayList<>(Collections.nCopies(64, longest + "/" + "y".repeat(61)));
        Row row = new Row(
                "m".repeat(512),
                Long.MAX_VALUE,
                "UNWATCHED",
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                paths,
                Collections.nCopies(64, Long.MAX_VALUE));
        assertThat(paths.stream().mapToInt(String::length).sum())
                .isBetween(8_000, ClusterMessage.MAX_CGROUP_CHARACTERS);
        assertThat(read(write(row), "row/1")).isEqualTo(row);
    }

    private static Serialization serialization() {
        return SerializationExtension.get(Adapter.toClassic(kit.system()));
    }

    /** As Akka does it: Jackson needs the context of the actor system for references. */
    private static byte[] write(Object message) {
        return serialization().serialize(message).get();
    }

    private static Object read(byte[] bytes, String manifest) {
        return serialization()
                .deserialize(bytes, serializer.identifier(), manifest)
                .get();
    }

    private void assertMalformed(String kind, Consumer<ObjectNode> change) throws IOException {
        assertMalformed(changed(kind, change), kind);
    }

    private void assertMalformed(byte[] bytes, String manifest) {
        long before = faults();
        assertThat(read(bytes, manifest)).isInstanceOf(Malformed.class);
        assertThat(faults()).isEqualTo(before + 1);
    }

    private static Optional<Header> header(String kind, Consumer<ObjectNode> change) throws IOException {
        return ((Malformed) read(changed(kind, change), kind)).header();
    }

    private static byte[] changed(String kind, Consumer<ObjectNode> change) throws IOException {
        ObjectNode fields = (ObjectNode) PLAIN.readTree(bytes(Golden.SECOND, kind));
        change.accept(fields);
        return PLAIN.writeValueAsBytes(fields);
    }

    private static byte[] bytes(Golden version, String kind) {
        try {
            return version.bytes(kind);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long faults() {
        return WireFaults.get(kit.system()).malformedMessages();
    }
}
