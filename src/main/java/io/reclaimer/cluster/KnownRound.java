package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.MemberEnvironment.Requester;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * State of one round on a member that takes part in it. Confined to its {@link MemberParts}.
 *
 * @param <A> the address that replies are sent to
 */
final class KnownRound<A> {

    /** Maximum number of remembered offers. A coordinator that asks more often has missed the first ones. */
    private static final int MAX_OFFERS = 8;

    /** The size of an object where nothing was counted and nothing freed. */
    private static final long UNKNOWN_OBJECT_BYTES = ShrinkerSpec.DEFAULT_OBJECT_BYTES;

    /** The work under way for the round. */
    enum Stage {
        COUNT_WAITS,
        COUNTING,
        /** None: the offer was made, and no part is under way. */
        OFFERED,
        PART_WAITS,
        PART_RUNS
    }

    final long number;
    final Requester requester;
    final int participant;
    final long forgetNanos;

    /** The request to count. Parts add their target, priority and time. */
    final ReclaimRequest request;

    final Cancellation cancellation = new Cancellation();

    /** The recipient of replies: the sender of the last request. */
    A replyTo;

    Stage stage = Stage.COUNT_WAITS;

    /** The number of the last part; 0 before the first. */
    int part;

    /** The target of the last part; 0 for one pass. */
    long partObjects;

    int partPriority;
    long partEndNanos;

    /** The target after the cut by the {@link GiveBudget}; 0 where the part was not cut. */
    long cutObjects;

    /** The reply to the last part; null while the part is under way. */
    @Nullable
    ClusterMessage result;

    /** Whether the requester was removed from the cluster, so that nothing is sent any more. */
    boolean isRequesterGone;

    private @Nullable CountReport counted;
    private long freedObjects;
    private long freedBytes;

    /** The time of each offer by its nonce, the oldest first: one for each time that the count was requested. */
    private final Map<Long, Long> offers = new LinkedHashMap<>();

    private long firstOfferNanos;

    /** Whether parts must carry the nonce of an offer, which version 1 does not know. */
    private boolean needsNonce;

    KnownRound(A replyTo, Requester requester, ReclaimRequest request, Count message, long forgetNanos) {
        this.number = message.round();
        this.replyTo = replyTo;
        this.requester = requester;
        this.participant = message.participant();
        this.needsNonce = message.knowsNonces();
        this.forgetNanos = forgetNanos;
        this.request = request.cancelledBy(cancellation);
    }

    /**
     * The request to the reclaimer of this member for a count.
     *
     * @param nodeNumber the number of a node by its name; throws where there is no such node
     * @throws RuntimeException where a node or a flag is unknown here; its message is the reason of the refusal
     */
    static ReclaimRequest requestOf(Count message, ToIntFunction<String> nodeNumber) {
        ReclaimRequest request = ReclaimRequest.in(message.cgroup()).within(Duration.ofMillis(message.countMillis()));
        if (message.alone()) {
            request = request.withoutDescendants();
        }
        if (!message.nodes().isEmpty()) {
            request = request.onNodes(
                    message.nodes().stream().mapToInt(nodeNumber).distinct().toArray());
        }
        for (String flag : message.flags()) {
            request = switch (flag(flag)) {
                case BACKGROUND -> request.background();
                case MAY_NOT_BLOCK -> request.mayBlock(false);
                case LOSSLESS_ONLY -> request.losslessOnly();
            };
        }
        return request;
    }

    private static ReclaimFlag flag(String name) {
        return Arrays.stream(ReclaimFlag.values())
                .filter(flag -> flag.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the flag [" + name
                        + "] is not known in its version; known are " + Arrays.toString(ReclaimFlag.values())));
    }

    /** The work of the round that waits for a slot, until that time. */
    AdmissionQueue.Task task(long latestNanos) {
        return new AdmissionQueue.Task(number, request.cgroup().toString(), requester.uid(), latestNanos);
    }

    /** Notes that the count was requested again. */
    void countAgain(A from, Count message) {
        replyTo = from;
        needsNonce &= message.knowsNonces();
    }

    void setCounted(CountReport report) {
        counted = report;
    }

    CountReport counted() {
        return Objects.requireNonNull(counted, "not counted yet");
    }

    void addOffer(long nonce, long now) {
        if (offers.isEmpty()) {
            firstOfferNanos = now;
        }
        offers.put(nonce, now);
        if (offers.size() > MAX_OFFERS) {
            offers.remove(offers.keySet().iterator().next());
        }
    }

    boolean isOffered() {
        return !offers.isEmpty();
    }

    /** When the offer was made on which a part is based; empty where the part is based on no known offer. */
    OptionalLong offerNanos(Reclaim message) {
        if (message.nonce() == 0 && !needsNonce) {
            return OptionalLong.of(firstOfferNanos);
        }
        Long offered = offers.get(message.nonce());
        return offered == null ? OptionalLong.empty() : OptionalLong.of(offered);
    }

    void addFreed(ReclaimReport report) {
        freedObjects = Saturating.add(freedObjects, report.freedObjects());
        freedBytes = Saturating.add(freedBytes, report.freedBytes());
    }

    /** The objects freed by all parts. */
    long freedObjects() {
        return freedObjects;
    }

    void setPart(Reclaim message, long endNanos) {
        part = message.part();
        partObjects = message.objects();
        partPriority = message.priority();
        partEndNanos = endNanos;
        cutObjects = 0;
        result = null;
    }

    /**
     * The request to the reclaimer of this member for the last part.
     *
     * @throws IllegalArgumentException where the priority is not allowed in such a round
     */
    ReclaimRequest partRequest(long remainingNanos) {
        ReclaimRequest pass = request.startingAt(partPriority).within(Duration.ofNanos(remainingNanos));
        long objects = cutObjects > 0 ? cutObjects : partObjects;
        return objects > 0 ? pass.objects(objects) : pass;
    }

    /** The target of the last part, or the objects that its pass would free by the count. */
    long expectedObjects() {
        return partObjects > 0 ? partObjects : counted().plannedObjects().get(partPriority);
    }

    /** The mean size of the freed objects, or of the counted ones while nothing was freed. At least 1. */
    long objectBytes() {
        CountReport report = counted();
        long objects = freedObjects > 0 ? freedObjects : report.freeableObjects();
        long bytes = freedObjects > 0 ? freedBytes : report.freeableBytes();
        return objects == 0 ? UNKNOWN_OBJECT_BYTES : Math.max(1, bytes / objects);
    }
}
