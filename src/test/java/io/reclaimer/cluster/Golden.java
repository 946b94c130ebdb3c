package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
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
import java.util.stream.LongStream;

/**
 * A message of each kind by version, and its bytes: those of version 1 in {@code src/test/resources/wire}, those of version
 * 2, which has more components, in {@code second}.
 */
enum Golden {
    FIRST("/wire/"),
    SECOND("/wire/second/");

    private static final long ROUND = 1L << 40;
    private static final int PARTICIPANT = 3;

    private final String folder;

    Golden(String folder) {
        this.folder = folder;
    }

    /** The bytes of a kind, as that version wrote them. */
    byte[] bytes(String kind) throws IOException {
        String file = folder + kind.replace('/', '-') + ".cbor";
        try (InputStream in = Golden.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new AssertionError("There is no " + file);
            }
            return in.readAllBytes();
        }
    }

    /** The messages by kind. */
    Map<String, ClusterMessage> messages(ActorRef<ClusterMessage> ref) {
        boolean more = this == SECOND;
        long uid = more ? Long.MIN_VALUE + 5 : 0;
        long nonce = more ? -8_111_222_333_444_555_666L : 0;
        Map<String, ClusterMessage> messages = new TreeMap<>();
        messages.put(
                "count/1",
                new Count(
                        ROUND,
                        PARTICIPANT,
                        "/shop/web",
                        true,
                        List.of("heap", "direct"),
                        List.of("BACKGROUND"),
                        10_000,
                        2_250,
                        ref,
                        uid,
                        more));
        messages.put("offer/1", offer(nonce, more));
        messages.put("reclaim/1", new Reclaim(ROUND, PARTICIPANT, 2, 5_000, 12, 4_250_000, ref, uid, nonce));
        messages.put(
                "reclaimed/1",
                new Reclaimed(
                        ROUND,
                        PARTICIPANT,
                        2,
                        "TARGET_MISSED",
                        4_711,
                        1L << 33,
                        more,
                        more,
                        more ? "[2] visits STUCK" : ""));
        messages.put("refused/1", new Refused(ROUND, PARTICIPANT, "There is no node [gpu]", more ? 2 : 0, more));
        messages.put("cancel/1", new Cancel(ROUND, ref, uid));
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
        return messages;
    }

    private static Offer offer(long nonce, boolean more) {
        return new Offer(
                ROUND,
                PARTICIPANT,
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
