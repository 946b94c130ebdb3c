package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.cluster.ClusterMessage.Answers;
import io.reclaimer.cluster.ClusterMessage.Bundle;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterMessage.Row;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * A message of each kind, by version: what the bytes in {@code src/test/resources/wire} say. The first version's, and below
 * {@code second} those of the second, which has more components.
 */
enum Golden {
    FIRST("/wire/"),
    SECOND("/wire/second/");

    private static final long ROUND = 1L << 40;
    private static final int SEAT = 3;

    private final String folder;

    Golden(String folder) {
        this.folder = folder;
    }

    /** The bytes of a kind, kept as that version wrote them. */
    byte[] bytes(String kind) throws IOException {
        String file = folder + kind.replace('/', '-') + ".cbor";
        try (InputStream in = Golden.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new AssertionError("There is no " + file);
            }
            return in.readAllBytes();
        }
    }

    /**
     * The messages that they are.
     *
     * @param inner gives the bytes of a kind inside another message
     */
    Map<String, ClusterMessage> messages(ActorRef<ClusterMessage> door, Function<String, byte[]> inner) {
        boolean more = this == SECOND;
        long uid = more ? Long.MIN_VALUE + 5 : 0;
        long nonce = more ? -8_111_222_333_444_555_666L : 0;
        Map<String, ClusterMessage> messages = new TreeMap<>();
        messages.put(
                "count/1",
                new Count(
                        ROUND,
                        SEAT,
                        "/shop/web",
                        true,
                        List.of("heap", "direct"),
                        List.of("BACKGROUND"),
                        10_000,
                        2_250,
                        door,
                        uid,
                        more));
        messages.put("offer/1", offer(nonce, more));
        messages.put("reclaim/1", new Reclaim(ROUND, SEAT, 2, 5_000, 12, 4_250_000, door, uid, nonce));
        messages.put(
                "reclaimed/1",
                new Reclaimed(ROUND, SEAT, 2, "SHORT", 4_711, 1L << 33, more, more, more ? "[2] visits STUCK" : ""));
        messages.put("refused/1", new Refused(ROUND, SEAT, "There is no node [gpu]", more ? 2 : 0, more));
        messages.put("cancel/1", new Cancel(ROUND, door, uid));
        messages.put(
                "row/1",
                new Row(
                        "10.1.2.3:25520",
                        1_795_600_000_000L,
                        "MIN",
                        1,
                        2,
                        30_000,
                        List.of("/shop/web", "/"),
                        List.of(20_000L, 100L)));
        List<String> requests = List.of("count/1", "reclaim/1", "cancel/1");
        messages.put(
                "bundle/1",
                new Bundle(
                        ROUND,
                        List.of("a:1", "b:2", "c:3"),
                        requests,
                        requests.stream().map(inner).toList(),
                        door,
                        uid));
        List<String> replies = List.of("offer/1", "reclaimed/1", "refused/1");
        messages.put(
                "answers/1",
                new Answers(ROUND, replies, replies.stream().map(inner).toList()));
        return messages;
    }

    private static Offer offer(long nonce, boolean more) {
        return new Offer(
                ROUND,
                SEAT,
                Long.MAX_VALUE,
                1_024,
                LongStream.rangeClosed(0, 12).map(p -> 100_000 >> p).boxed().toList(),
                "LOW",
                200_000_000,
                256_000_000,
                nonce,
                more,
                more ? "[1] visits QUARANTINED" : "");
    }
}
