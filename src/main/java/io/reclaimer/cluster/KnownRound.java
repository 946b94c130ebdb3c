package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterMessage.Reply;
import io.reclaimer.cluster.MemberEnvironment.Heap;
import io.reclaimer.cluster.MemberEnvironment.Requester;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * State of one round on a member that takes part in it, and the replies that follow from it. Confined to its {@link
 * MemberParts}.
 */
final class KnownRound {

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

    /** Sends replies to the sender of the last request. */
    Consumer<Reply> replies;

    Stage stage = Stage.COUNT_WAITS;

    /** Until when the count or part may wait for a slot. A part has to end by then, too. */
    long latestNanos;

    /** The number of the last part; 0 before the first. */
    int part;

    /** The target of the last part; 0 for one pass. */
    long partObjects;

    int partPriority;

    /** The target after the cut by the {@link GiveLimit}; 0 where the part was not cut. */
    long cutObjects;

    /** The reply to the last part; null while the part is under way. */
    @Nullable
    Reply result;

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

    KnownRound(Consumer<Reply> replies, Requester requester, ReclaimRequest request, Count message, long forgetNanos) {
        this.number = message.round();
        this.replies = replies;
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
        return Validation.named(ReclaimFlag.class, name)
                .orElseThrow(() -> new IllegalArgumentException("the flag [" + name
                        + "] is not known in its version; known are " + Arrays.toString(ReclaimFlag.values())));
    }

    /** Whether a count or part runs, and so takes a slot. */
    boolean isRunning() {
        return stage == Stage.COUNTING || stage == Stage.PART_RUNS;
    }

    /** Notes that the count was requested again. */
    void countAgain(Consumer<Reply> lastReplies, Count message) {
        replies = lastReplies;
        needsNonce &= message.knowsNonces();
    }

    void setCounted(CountReport report) {
        counted = report;
    }

    private CountReport counted() {
        return Objects.requireNonNull(counted, "not counted yet");
    }

    /**
     * Makes an offer with a nonce of its own: what was counted, less what the round has freed since, up to a limit.
     *
     * @param maxObjects the limit
     * @param limitReason the reason of the limit
     */
    Offer offer(Heap heap, long nonce, long maxObjects, String limitReason, long now) {
        if (offers.isEmpty()) {
            firstOfferNanos = now;
        }
        offers.put(nonce, now);
        if (offers.size() > MAX_OFFERS) {
            offers.remove(offers.keySet().iterator().next());
        }
        CountReport report = counted();
        long remaining = Math.max(0, report.freeableObjects() - freedObjects);
        long offered = Math.min(remaining, maxObjects);
        boolean isWhole = offered == report.freeableObjects();
        String ended = switch (report.outcome()) {
            case DONE, NOT_ONLINE -> "";
            default -> "it counted until [" + report.outcome() + "]";
        };
        String shortfall = cut(
                Reasons.join(ended, Reasons.ofShortfalls(report.shortfalls()), offered < remaining ? limitReason : ""));
        List<Long> planned = report.plannedObjects().stream()
                .map(objects -> Math.min(objects, offered))
                .toList();
        return new Offer(
                number,
                participant,
                offered,
                isWhole ? report.freeableBytes() : Saturating.multiply(offered, objectBytes()),
                isWhole ? report.plannedObjects() : planned,
                heap.pressure().name(),
                heap.liveBytes(),
                heap.limitBytes(),
                nonce,
                shortfall.isEmpty(),
                shortfall);
    }

    boolean isOffered() {
        return !offers.isEmpty();
    }

    /** When the offer was made on which a part is based; empty where the part is based on no known offer. */
    OptionalLong offerNanos(Reclaim message) {
        if (message.nonce() == 0 && !needsNonce && isOffered()) {
            return OptionalLong.of(firstOfferNanos);
        }
        Long offered = offers.get(message.nonce());
        return offered == null ? OptionalLong.empty() : OptionalLong.of(offered);
    }

    void setPart(Reclaim message) {
        part = message.part();
        partObjects = message.objects();
        partPriority = message.priority();
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

    /**
     * Counts what the last part has freed, and makes its result. A part that was cut and freed all of its reduced target is
     * {@code TARGET_MISSED}.
     *
     * @param cutReason the reason of the cut
     */
    Reclaimed ended(ReclaimReport report, boolean isLeaving, String cutReason) {
        freedObjects = Saturating.add(freedObjects, report.freedObjects());
        freedBytes = Saturating.add(freedBytes, report.freedBytes());
        boolean isCut = cutObjects > 0;
        RoundOutcome own = switch (report.outcome()) {
            case TARGET_REACHED -> RoundOutcome.DONE;
            case NOT_ONLINE -> partObjects > 0 ? RoundOutcome.TARGET_MISSED : RoundOutcome.DONE;
            case CANCELLED -> isLeaving ? RoundOutcome.SHUTDOWN : RoundOutcome.CANCELLED;
            case DONE, TARGET_MISSED, DEADLINE, SHUTDOWN -> report.outcome();
        };
        RoundOutcome end = isCut && own == RoundOutcome.DONE ? RoundOutcome.TARGET_MISSED : own;
        String reason = Reasons.join(
                isCut ? "its part was cut to [" + cutObjects + "] objects: " + cutReason : "",
                end == RoundOutcome.DONE ? "" : Reasons.ofShortfalls(report.shortfalls()));
        return new Reclaimed(
                number,
                participant,
                part,
                end.name(),
                report.freedObjects(),
                report.freedBytes(),
                report.isExhausted() || report.outcome() == RoundOutcome.NOT_ONLINE,
                false,
                cut(reason));
    }

    /** The result of the last part, which did not begin. */
    Reclaimed notBegun(RoundOutcome end, String reason) {
        return new Reclaimed(number, participant, part, end.name(), 0, 0, false, true, reason);
    }

    /**
     * Refuses a count or a part.
     *
     * @param part the number of the part; 0 for the count
     * @param again whether the coordinator may ask again
     */
    static Refused refused(long round, int participant, int part, String reason, boolean again) {
        return new Refused(round, participant, cut(reason), part, again);
    }

    private static String cut(String text) {
        return Reasons.cut(text, ClusterMessage.MAX_TEXT);
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
