package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a member knows of one round. {@link MemberParts}' alone, which keeps it in step.
 *
 * @param <A> where answers go
 */
final class KnownRound<A> {

    /** How many offers are remembered. Who asks more often than that has missed the first ones. */
    private static final int MOST_OFFERS = 8;

    /** Where nothing was counted and nothing freed. */
    private static final long UNKNOWN_OBJECT_BYTES = ShrinkerSpec.DEFAULT_OBJECT_BYTES;

    /** What is being done for it. */
    enum Stage {
        COUNT_WAITS,
        COUNTING,
        /** Nothing: it was offered, and no part is under way. */
        OFFERED,
        PART_WAITS,
        PART_RUNS
    }

    final long number;
    final Requester requester;
    final int seat;
    final long forgetNanos;

    /** What to count: parts add their target, priority and time. */
    final ReclaimRequest request;

    final Cancellation cancellation = new Cancellation();

    /** Who asked last: where it came another way before, that one may be gone. */
    A replyTo;

    Stage stage = Stage.COUNT_WAITS;

    /** The last part; 0 before the first. */
    int part;

    /** What it is to free; 0 for one pass. */
    long partObjects;

    int partPriority;
    long partEndNanos;

    /** What it was cut to, for the member gives no more; 0 where it was not. */
    long cutObjects;

    /** The answer to it, a refusal too; null while it is under way. */
    @Nullable
    ClusterMessage result;

    /** Whether nobody is there any more to be answered. */
    boolean isRequesterGone;

    private @Nullable CountReport counted;
    private long freedObjects;
    private long freedBytes;

    /** When offers were made, by their nonces: one each time the round has asked for it. */
    private final Map<Long, Long> offeredNanos = new LinkedHashMap<>();

    private long firstOfferedNanos;

    /** Whether parts have to bring back the nonce of the offer: not where a count came from, or by way of, the version before. */
    private boolean needsNonce;

    KnownRound(A replyTo, Requester requester, ReclaimRequest request, Count message, long forgetNanos) {
        this.number = message.round();
        this.replyTo = replyTo;
        this.requester = requester;
        this.seat = message.seat();
        this.needsNonce = message.knowsNonces();
        this.forgetNanos = forgetNanos;
        this.request = request.cancelledBy(cancellation);
    }

    /** Its count has come again. */
    void countedAgain(A from, Count message) {
        replyTo = from;
        needsNonce &= message.knowsNonces();
    }

    /** It has been counted. */
    void counted(CountReport report) {
        counted = report;
    }

    /** What was counted. */
    CountReport counted() {
        return Objects.requireNonNull(counted, "not counted yet");
    }

    /** An offer is made. */
    void offers(long nonce, long now) {
        if (offeredNanos.isEmpty()) {
            firstOfferedNanos = now;
        }
        offeredNanos.put(nonce, now);
        if (offeredNanos.size() > MOST_OFFERS) {
            offeredNanos.remove(offeredNanos.keySet().iterator().next());
        }
    }

    boolean isOffered() {
        return !offeredNanos.isEmpty();
    }

    /** When the offer was made that a part goes by; empty where it goes by none that was. */
    OptionalLong offeredNanos(Reclaim message) {
        if (message.nonce() == 0 && !needsNonce) {
            return OptionalLong.of(firstOfferedNanos);
        }
        Long made = offeredNanos.get(message.nonce());
        return made == null ? OptionalLong.empty() : OptionalLong.of(made);
    }

    /** A part has ended. */
    void freed(ReclaimReport report) {
        freedObjects = Split.add(freedObjects, report.freedObjects());
        freedBytes = Split.add(freedBytes, report.freedBytes());
    }

    /** By all its parts. */
    long freedObjects() {
        return freedObjects;
    }

    /** A part begins to wait. */
    void partBegins(Reclaim message, long endNanos) {
        part = message.part();
        partObjects = message.objects();
        partPriority = message.priority();
        partEndNanos = endNanos;
        cutObjects = 0;
        result = null;
    }

    /**
     * What the part has the reclaimer do.
     *
     * @throws IllegalArgumentException where its priority is not allowed in such a round
     */
    ReclaimRequest partRequest(long leftNanos) {
        ReclaimRequest pass = request.startingAt(partPriority).within(Duration.ofNanos(leftNanos));
        long objects = cutObjects > 0 ? cutObjects : partObjects;
        return objects > 0 ? pass.objects(objects) : pass;
    }

    /** What the part is to free, or what one pass would free by the count. */
    long expectedObjects() {
        return partObjects > 0 ? partObjects : counted().plannedObjects().get(partPriority);
    }

    /** About how large its objects are: as those were that it freed, or before that, as shrinkers have said. At least 1. */
    long objectBytes() {
        CountReport report = counted();
        long objects = freedObjects > 0 ? freedObjects : report.freeableObjects();
        long bytes = freedObjects > 0 ? freedBytes : report.freeableBytes();
        return objects == 0 ? UNKNOWN_OBJECT_BYTES : Math.max(1, bytes / objects);
    }
}
