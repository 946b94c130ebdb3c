package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Header;
import io.reclaimer.cluster.ClusterMessage.Malformed;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterMessage.Request;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Members of other versions, as in a rolling upgrade. */
class VersionsIT {

    private static final ObjectMapper PLAIN = new ObjectMapper(new CBORFactory());

    /** Passes the message as version 1 sends or reads it: with the components of its stored bytes only. */
    private static Behavior<ClusterMember.Command> passAsFirst(
            TypedActorContext<ClusterMember.Command> context,
            ClusterMessage message,
            BehaviorInterceptor.ReceiveTarget<ClusterMember.Command> target) {
        if (message instanceof Request request
                && request.replyTo().path().address().getHost().isEmpty()) {
            // The message of a member to itself is of its own version.
            return target.apply(context, message);
        }
        Serialization serialization =
                SerializationExtension.get(Adapter.toClassic(context.asJava().getSystem()));
        String kind = ClusterSerializer.manifestOf(message);
        try {
            ObjectNode fields =
                    (ObjectNode) PLAIN.readTree(serialization.serialize(message).get());
            List<String> known = new ArrayList<>();
            PLAIN.readTree(Golden.FIRST.bytes(kind)).fieldNames().forEachRemaining(known::add);
            byte[] first = PLAIN.writeValueAsBytes(fields.retain(known));
            int serializer = serialization.findSerializerFor(message).identifier();
            return target.apply(context, (ClusterMessage)
                    serialization.deserialize(first, serializer, kind).get());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each member takes the others for members of version 1. */
    @Test
    void roundsWithMembersOfTheFirstVersionFreeAndSayWhatTheyFreed() {
        Members members = Members.start(3, "", new MessageInterceptor(() -> VersionsIT::passAsFirst));
        List<TableShrinker> caches = new ArrayList<>();
        members.all().forEach(one -> caches.add(one.cache("/shop", 100_000)));
        List<CompletionStage<ClusterReport>> rounds = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            rounds.add(members.get(i % 3).cluster.reclaim(Members.shop(3_000)));
        }
        long freed = 0;
        for (CompletionStage<ClusterReport> round : rounds) {
            ClusterReport report = Members.await(members.first(), round);
            assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
            freed += report.freedObjects();
        }
        assertThat(freed)
                .isEqualTo(300_000
                        - caches.stream().mapToLong(TableShrinker::objects).sum());
        assertThat(members.all()).allMatch(one -> one.cluster.status().droppedRequests() == 0);
        members.end();
    }

    /** An unknown flag, kind or value is refused with the reason. */
    @Test
    void requestThatIsNotUnderstoodIsAnswered() throws IOException {
        MessageInterceptor intercepted = MessageInterceptor.replacing(Optional::of);
        Members members = Members.start(2, "", intercepted);
        One asking = members.first();
        One asked = members.get(1);
        ask(asking, asked, "count/1", fields -> fields.putArray("flags").add("SOON"));
        assertThat(refusal(intercepted)).contains("[SOON]", "BACKGROUND");
        ask(asking, asked, "count/1", fields -> fields.put("cgroup", "no path"));
        assertThat(refusal(intercepted)).contains("[count/1]", "no path");
        ask(asking, asked, "count/1", fields -> {
            for (int i = 0; i < 65; i++) {
                fields.withArray("nodes").add("n" + i);
            }
        });
        assertThat(refusal(intercepted)).contains("nodes is [65]", "up to 64");
        ask(asking, asked, "count/2", fields -> fields.put("later", 1));
        assertThat(refusal(intercepted)).contains("[count/2]", "no such kind in this version");
        ask(asking, asked, "reclaim/2", fields -> fields.put("part", 5));
        assertThat(refusal(intercepted)).contains("[reclaim/2]", "no such kind in this version");
        members.end();
    }

    /** The round goes on without the member, and its entry has the reason. */
    @Test
    void answerThatIsNotUnderstoodEndsTheWait() {
        MessageInterceptor intercepted = MessageInterceptor.replacing(message -> Optional.of(
                message instanceof Offer offer && offer.participant() == 1
                        ? new Malformed(
                                "offer/2",
                                new byte[1],
                                Optional.of(new Header(offer.round(), 1, 0, null, 0)),
                                "there is no such kind in this version")
                        : message));
        Members members = Members.start(2, "", intercepted);
        members.all().forEach(one -> one.cache("/shop", 10_000));
        ClusterReport report = members.first().reclaim(Members.shop(5_000));
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(report.elapsed()).isLessThan(Duration.ofSeconds(15));
        assertThat(report.members().get(1).outcome()).isEqualTo(ClusterReport.MemberOutcome.REFUSED);
        assertThat(report.members().get(1).reason().orElseThrow())
                .contains("[offer/2]", "no such kind in this version");
        members.end();
    }

    @Test
    void unknownConstantsOfAnswersAreTakenForTheSafestOnes() {
        assertThat(MemberPressure.namedOrMin("HIGH")).isEqualTo(MemberPressure.MIN);
        assertThat(MemberPressure.namedOrMin("LOW")).isEqualTo(MemberPressure.LOW);
        assertThat(Validation.named(RoundOutcome.class, "WELL")).isEmpty();
        assertThat(Validation.named(RoundOutcome.class, "TARGET_MISSED")).contains(RoundOutcome.TARGET_MISSED);
    }

    /** Sends a count as a member writes it, with a change. */
    private static void ask(One from, One to, String manifest, Consumer<ObjectNode> change) throws IOException {
        long uid = akka.cluster.typed.Cluster.get(from.kit.system())
                .selfMember()
                .uniqueAddress()
                .longUid();
        Count count = new Count(
                7,
                3,
                "/shop",
                false,
                List.of(),
                List.of(),
                10_000,
                2_000,
                from.cluster.ref().narrow(),
                uid,
                true);
        byte[] written = SerializationExtension.get(Adapter.toClassic(from.kit.system()))
                .serialize(count)
                .get();
        ObjectNode fields = (ObjectNode) PLAIN.readTree(written);
        change.accept(fields);
        from.sendTo(to, new Malformed(manifest, PLAIN.writeValueAsBytes(fields), Optional.empty(), ""));
    }

    /** The reason of the refusal of that count; clears the recorded messages. */
    private static String refusal(MessageInterceptor intercepted) {
        Threads.until(() -> intercepted.seen.stream().anyMatch(Refused.class::isInstance));
        Refused refused = intercepted.seen.stream()
                .filter(Refused.class::isInstance)
                .map(Refused.class::cast)
                .findFirst()
                .orElseThrow();
        intercepted.seen.clear();
        assertThat(refused.round()).isEqualTo(7);
        assertThat(refused.participant()).isEqualTo(3);
        return refused.reason();
    }
}
