package io.reclaimer.cluster;

import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import java.util.Arrays;
import java.util.Optional;

/** How a part of a round ended on its member. The names of the constants cross the wire. */
enum PartEnd {
    /** The target was met, or the single pass is done. */
    DONE,
    /** Less than the target could be freed. */
    SHORT,
    /** The time of the part was over. */
    DEADLINE,
    /** The round was over. */
    CANCELLED,
    /** The member is shutting down. */
    SHUTDOWN;

    /** The constant of that name; empty where this version does not know it. */
    static Optional<PartEnd> named(String name) {
        return Arrays.stream(values()).filter(end -> end.name().equals(name)).findFirst();
    }

    /**
     * The meaning of a result for the coordinator.
     *
     * @param outcome the outcome of the member so far
     * @param isSpent whether another part for the member would be in vain
     * @param reason why the outcome is not {@code DONE}
     */
    record Conclusion(MemberOutcome outcome, boolean isSpent, String reason) {}

    /**
     * Judges the result of a part. An unknown end counts as {@link #DEADLINE}.
     *
     * @param target the target of the part; 0 for a single pass
     */
    static Conclusion conclude(Reclaimed result, long target) {
        Optional<PartEnd> known = named(result.end());
        boolean delivered = result.freedObjects() >= target;
        // A member that freed something within its time, or did not begin, can be asked again.
        boolean idle = result.freedObjects() == 0;
        MemberOutcome late = delivered && target > 0 ? MemberOutcome.DONE : MemberOutcome.DEADLINE;
        Conclusion own = switch (known.orElse(DEADLINE)) {
            case DONE ->
                new Conclusion(
                        delivered ? MemberOutcome.DONE : MemberOutcome.SHORT,
                        !delivered,
                        "it freed less than it was asked for");
            case SHORT -> new Conclusion(MemberOutcome.SHORT, true, shortReason(result));
            case DEADLINE -> new Conclusion(late, idle && !result.notBegun(), "its part was not done in time");
            case CANCELLED -> new Conclusion(late, idle, "its part was ended with the round");
            case SHUTDOWN -> new Conclusion(MemberOutcome.LEFT, true, "it is shutting down");
        };
        String reason = own.outcome() == MemberOutcome.DONE ? "" : own.reason();
        String unknown = "its part ended as [" + result.end() + "], which this version does not know: taken for ["
                + DEADLINE + "]";
        return new Conclusion(
                own.outcome(), own.isSpent(), Reasons.join(reason, result.reason(), known.isPresent() ? "" : unknown));
    }

    /** Empty where the member itself gives a reason. */
    private static String shortReason(Reclaimed result) {
        if (!result.reason().isEmpty()) {
            return "";
        }
        return result.exhausted() ? "it has no more" : "it freed less than it was asked for, and does not say why";
    }
}
