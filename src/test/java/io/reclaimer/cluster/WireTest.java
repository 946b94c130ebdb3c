package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.reclaimer.cluster.ClusterMessage.Answers;
import io.reclaimer.cluster.ClusterMessage.Bundle;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Malformed;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterMessage.Row;
import io.reclaimer.testkit.ReclaimerKit;
import io.reclaimer.testkit.Seeded;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What crosses a socket. */
class WireTest {

    private static final ObjectMapper PLAIN = new ObjectMapper(new CBORFactory());

    static final List<String> KINDS = List.copyOf(ClusterSerializer.KINDS.keySet());

    private static ReclaimerKit kit;
    private static ClusterSerializer serializer;
    private static Map<String, ClusterMessage> golden;

    private long faultsBefore;

    @BeforeAll
    static void start() {
        kit = ReclaimerKit.with(Members.CONFIG).start();
        serializer = new ClusterSerializer((ExtendedActorSystem) Adapter.toClassic(kit.system()));
        ActorRef<ClusterMessage> door = ActorRefResolver.get(kit.system())
                .resolveActorRef("akka://shop@10.1.2.3:25520/system/reclaimer-cluster#-1234567");
        golden = new TreeMap<>(Map.of(
                "count/1",
                new Count(
                        1L << 40,
                        3,
                        "/shop/web",
                        true,
                        List.of("heap", "direct"),
                        List.of("BACKGROUND"),
                        10_000,
                        2_250,
                        door),
                "offer/1",
                new Offer(
                        1L << 40,
                        3,
                        Long.MAX_VALUE,
                        1_024,
                        LongStream.rangeClosed(0, 12)
                                .map(p -> 100_000 >> p)
                                .boxed()
                                .toList(),
                        "LOW",
                        200_000_000,
                        256_000_000),
                "reclaim/1",
                new Reclaim(1L << 40, 3, 2, 5_000, 12, 4_250_000, door),
                "reclaimed/1",
                new Reclaimed(1L << 40, 3, 2, "SHORT", 4_711, 1L << 33),
                "refused/1",
                new Refused(1L << 40, 3, "There is no node [gpu]"),
                "cancel/1",
                new Cancel(1L << 40, door),
                "row/1",
                new Row(
                        "10.1.2.3:25520",
                        1_795_600_000_000L,
                        "MIN",
                        1,
                        2,
                        30_000,
                        List.of("/shop/web", "/"),
                        List.of(20_000L, 100L))));
        List<String> requests = List.of("count/1", "reclaim/1", "cancel/1");
        golden.put("bundle/1", new Bundle(1L << 40, List.of("a:1", "b:2", "c:3"), requests, written(requests), door));
        List<String> replies = List.of("offer/1", "reclaimed/1", "refused/1");
        golden.put("answers/1", new Answers(1L << 40, replies, written(replies)));
    }

    private static List<byte[]> written(List<String> kinds) {
        return kinds.stream().map(kind -> write(golden.get(kind))).toList();
    }

    @AfterAll
    static void stop() {
        kit.stop();
    }

    @BeforeEach
    void count() {
        faultsBefore = faults();
    }

    /** The bytes that version 1 wrote, kept as they were. */
    @ParameterizedTest
    @FieldSource("KINDS")
    void whatThePreviousVersionWroteIsRead(String kind) throws IOException {
        assertThat(read(bytes(kind), kind)).isEqualTo(golden.get(kind));
    }

    @ParameterizedTest
    @FieldSource("KINDS")
    void whatIsWrittenIsReadAgain(String kind) {
        ClusterMessage message = golden.get(kind);
        assertThat(serializer.manifest(message)).isEqualTo(kind);
        assertThat(read(write(message), kind)).isEqualTo(message);
    }

    @ParameterizedTest
    @FieldSource("KINDS")
    void whatALaterVersionSaysMoreIsIgnored(String kind) throws IOException {
        byte[] more = changed(
                kind, fields -> fields.put("later", 1).putObject("nested").put("a", "b"));
        assertThat(read(more, kind)).isEqualTo(golden.get(kind));
    }

    @Test
    void akkaFindsTheSerializer() {
        golden.values()
                .forEach(message ->
                        assertThat(serialization().findSerializerFor(message)).isInstanceOf(ClusterSerializer.class));
        assertThat(serializer.identifier()).isEqualTo(728_201);
    }

    @Test
    void whatIsNotOnTheListIsNotRead() throws IOException {
        byte[] bytes = bytes("refused/1");
        for (String manifest : List.of("refused/2", "java.lang.String", Refused.class.getName(), "", "x".repeat(99))) {
            assertMalformed(bytes, manifest);
        }
        assertThatThrownBy(() -> serializer.toBinary("a string"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no message of members");
    }

    @Test
    void whatIsTooLargeIsNotRead() throws IOException {
        byte[] large = changed("refused/1", fields -> fields.put("later", "x".repeat(ClusterSerializer.MOST_BYTES)));
        assertMalformed(large, "refused/1");
    }

    /** Names, paths and numbers are checked as those of a user are. */
    @Test
    void whatIsNotAllowedIsNotRead() throws IOException {
        assertMalformed("count/1", fields -> fields.put("cgroup", "/../etc"));
        assertMalformed("count/1", fields -> fields.put("cgroup", "shop"));
        assertMalformed("count/1", fields -> fields.remove("cgroup"));
        assertMalformed("count/1", fields -> fields.putArray("nodes").add("a b"));
        assertMalformed("count/1", fields -> fields.putArray("flags").add("SOON"));
        assertMalformed("count/1", fields -> fields.put("withinMillis", 0));
        assertMalformed("count/1", fields -> fields.put("countMillis", 10_001));
        assertMalformed("count/1", fields -> fields.put("seat", -1));
        assertMalformed("count/1", fields -> fields.put("seat", "first"));
        assertMalformed("count/1", fields -> fields.remove("replyTo"));
        assertMalformed("offer/1", fields -> fields.put("freeableObjects", -1));
        assertMalformed("offer/1", fields -> fields.putArray("plannedObjects").add(1));
        assertMalformed("offer/1", fields -> fields.withArray("plannedObjects").set(0, -5));
        assertMalformed("offer/1", fields -> fields.put("pressure", "HIGH"));
        assertMalformed("reclaim/1", fields -> fields.put("priority", 13));
        assertMalformed("reclaim/1", fields -> fields.put("part", 0));
        assertMalformed("reclaim/1", fields -> fields.put("objects", -1));
        assertMalformed("reclaim/1", fields -> fields.put("untilMicros", Long.MAX_VALUE));
        assertMalformed("reclaimed/1", fields -> fields.put("end", "WELL"));
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

    @Test
    void messagesInsideOthersAreRequestsOrAnswersAndNotTooMany() throws IOException {
        assertMalformed("bundle/1", fields -> fields.withArray("kinds").set(0, "bundle/1"));
        assertMalformed("bundle/1", fields -> fields.withArray("kinds").set(0, "offer/1"));
        assertMalformed("bundle/1", fields -> fields.withArray("members").remove(0));
        assertMalformed("bundle/1", fields -> fields.withArray("members").set(0, ""));
        assertMalformed("bundle/1", fields -> fields.withArray("messages").remove(0));
        assertMalformed("bundle/1", fields -> fields.remove("messages"));
        assertMalformed("answers/1", fields -> fields.withArray("kinds").set(0, "count/1"));
        assertMalformed("answers/1", fields -> fields.withArray("kinds").set(0, "answers/1"));
        assertMalformed("answers/1", fields -> {
            fields.putArray("kinds");
            fields.putArray("messages");
        });
        assertMalformed("answers/1", fields -> {
            for (int i = 0; i < ClusterMessage.MOST_INNER; i++) {
                fields.withArray("kinds").add("refused/1");
                fields.withArray("messages").add(new byte[1]);
            }
        });
        assertMalformed(
                "answers/1",
                fields -> fields.withArray("messages").set(0, new byte[ClusterSerializer.MOST_OUTER_BYTES]));
    }

    /** What can't be read inside costs nobody else an answer. */
    @Test
    void oneMalformedInsideIsDroppedAloneAndCounted() {
        List<String> kinds = List.of("refused/1", "refused/1");
        Answers answers = new Answers(1, kinds, List.of(new byte[] {1, 2, 3}, write(golden.get("refused/1"))));
        assertThat(new InnerMessages(kit.system()).read((Answers) read(write(answers), "answers/1")))
                .satisfiesExactly(
                        one -> assertThat(one).isInstanceOf(Malformed.class),
                        one -> assertThat(one).isEqualTo(golden.get("refused/1")));
        assertThat(faults()).isEqualTo(faultsBefore + 1);
    }

    /** The largest messages, as many as are put into one. */
    @Test
    void largestBundleFits() {
        byte[] message = new byte[2_000];
        List<byte[]> all = Collections.nCopies(ClusterMessage.MOST_INNER, message);
        List<List<byte[]>> cut = InnerMessages.cut(all, ClusterMessage.MOST_INNER, one -> one.length + 512);
        assertThat(cut).hasSizeGreaterThan(1);
        for (List<byte[]> some : cut) {
            Bundle bundle = new Bundle(
                    Long.MAX_VALUE,
                    Collections.nCopies(some.size(), "m".repeat(512)),
                    Collections.nCopies(some.size(), "reclaim/1"),
                    some,
                    ((Cancel) golden.get("cancel/1")).replyTo());
            assertThat(read(write(bundle), "bundle/1")).isEqualTo(bundle);
        }
    }

    /** Otherwise a message could have any actor here sent something. */
    @Test
    void answersGoToOtherMembersDoorsOnly() throws IOException {
        for (String kind : List.of("count/1", "reclaim/1", "cancel/1", "bundle/1")) {
            assertMalformed(kind, fields -> fields.put("replyTo", "akka://shop@10.1.2.3:25520/user/victim"));
            assertMalformed(kind, fields -> fields.put("replyTo", "no path"));
        }
    }

    @Test
    void bytesThatAreNoMessageAreCountedAndWrittenAsTheyCame() {
        Seeded random = Seeded.create();
        for (int run = 0; run < 20_000; run++) {
            String kind = KINDS.get(random.nextInt(KINDS.size()));
            byte[] bytes = write(golden.get(kind));
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

    @Test
    void malformedIsSaidOnceAMinute() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
        List<String> said = new ArrayList<>();
        WireFaults faults = new WireFaults(now::get, said::add);
        for (int i = 0; i < 5; i++) {
            faults.fault("count/1", "too large");
        }
        now.addAndGet(WireFaults.QUIET_NANOS - 1);
        faults.fault("count/1", "too large");
        assertThat(said).singleElement().asString().contains("[count/1]", "too large", "[1] were");
        now.addAndGet(1);
        faults.fault("count/1", "too large");
        assertThat(said).hasSize(2).last().asString().contains("[7] were");
        assertThat(faults.count()).isEqualTo(7);
    }

    /** The largest that the rules allow fits. */
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
        assertThat(paths.stream().mapToInt(String::length).sum()).isBetween(8_000, ClusterMessage.LONGEST_CGROUPS);
        assertThat(read(write(row), "row/1")).isEqualTo(row);
    }

    private static Serialization serialization() {
        return SerializationExtension.get(Adapter.toClassic(kit.system()));
    }

    /** As Akka does it, which tells Jackson's modules whose references they are. */
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

    private static byte[] changed(String kind, Consumer<ObjectNode> change) throws IOException {
        ObjectNode fields = (ObjectNode) PLAIN.readTree(bytes(kind));
        change.accept(fields);
        return PLAIN.writeValueAsBytes(fields);
    }

    private static byte[] bytes(String kind) throws IOException {
        String file = "/wire/" + kind.replace('/', '-') + ".cbor";
        try (InputStream in = WireTest.class.getResourceAsStream(file)) {
            assertThat(in).as(file).isNotNull();
            return in.readAllBytes();
        }
    }

    private static long faults() {
        return WireFaults.get(kit.system()).count();
    }
}
