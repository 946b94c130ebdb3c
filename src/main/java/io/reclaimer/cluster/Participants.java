package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Participant.Stage;
import io.reclaimer.cluster.RoundParameters.Presence;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shrinker;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * The participants of one round, and the sums and outcomes over all of them. Confined to its {@link Coordinator}.
 */
final class Participants {

    private final List<Participant> participants = new ArrayList<>();

    /** The index of the participant that {@link #isAnyAwaited(Stage)} found last. It is usually the next one, too. */
    private int lastAwaited;

    void add(String member, Presence presence, long now) {
        Participant participant = new Participant(participants.size(), member, now);
        switch (presence) {
            case HERE, UNREACHABLE, LEAVING, DOWN, CLUSTER_ENDS, GONE -> participant.update(presence);
            case JOINING, WITHOUT_RECLAIMER -> participant.exclude(MemberOutcome.NOT_ASKED, presence.reason);
        }
        participants.add(participant);
    }

    List<Participant> all() {
        return participants;
    }

    boolean isAnyAwaited() {
        return participants.stream().anyMatch(Participant::isAwaited);
    }

    /** Whether a reply is expected from a participant in a stage. */
    boolean isAnyAwaited(Stage stage) {
        int size = participants.size();
        for (int n = 0; n < size; n++) {
            int index = (lastAwaited + n) % size;
            if (participants.get(index).stage() == stage
                    && participants.get(index).isAwaited()) {
                lastAwaited = index;
                return true;
            }
        }
        return false;
    }

    long freedObjects() {
        return Saturating.sum(participants.stream().mapToLong(Participant::freedObjects));
    }

    long freedBytes() {
        return Saturating.sum(participants.stream().mapToLong(Participant::freedBytes));
    }

    List<ClusterReport.Member> report(Outcome outcome, long now) {
        return participants.stream()
                .map(participant -> participant.report(outcome, now))
                .toList();
    }

    /**
     * Allocates the missing objects.
     *
     * @param start where an allocation begins in which not every participant gets a part
     * @return by index, the objects of each part; 0 for no part
     */
    long[] allocate(long missing, ReclaimRequest request, long start) {
        int last = request.flags().contains(ReclaimFlag.BACKGROUND)
                ? Shrinker.HIGHEST_PRIORITY + 1
                : Shrinker.HIGHEST_PRIORITY;
        long[] parts = Allocation.of(
                missing,
                participants.stream().map(Participant::plannedObjects).toList(),
                participants.stream().mapToLong(Participant::remainingObjects).toArray(),
                request.priority(),
                last,
                start);
        return Arrays.stream(parts).anyMatch(part -> part > 0) ? parts : allocateEvenly(missing);
    }

    /**
     * Allocates beyond the offers. A participant that freed all that it was asked for has not reported that it has no more;
     * it may have more by now, and reports it otherwise.
     */
    private long[] allocateEvenly(long missing) {
        long count = participants.stream().filter(Participant::canBeAsked).count();
        long each = count == 0 ? 0 : Math.min(Allocation.MAX_OBJECTS, (missing - 1) / count + 1);
        return participants.stream()
                .mapToLong(participant -> participant.canBeAsked() ? each : 0)
                .toArray();
    }

    /**
     * The outcome of a round that has run to its end.
     *
     * @param isTimeUp whether there is no time for another part
     */
    Outcome outcome(OptionalLong target, boolean isTimeUp) {
        if (target.isEmpty()) {
            return outcome(Outcome.DONE, Participant::isPartDone, isTimeUp);
        }
        return freedObjects() >= target.getAsLong()
                ? Outcome.TARGET_REACHED
                : outcome(Outcome.TARGET_MISSED, Participant::isExhausted, isTimeUp);
    }

    /**
     * The full outcome takes a condition that holds for every participant that can be reached, and for one at least unless
     * there are none.
     */
    private Outcome outcome(Outcome full, Predicate<Participant> condition, boolean isTimeUp) {
        if (isAnyAwaited()) {
            return Outcome.DEADLINE;
        }
        boolean holdsForEach =
                participants.stream().allMatch(participant -> condition.test(participant) || participant.isAway());
        if (holdsForEach && (participants.isEmpty() || participants.stream().anyMatch(condition))) {
            return full;
        }
        return isTimeUp && participants.stream().anyMatch(Participant::lacksTime) ? Outcome.DEADLINE : Outcome.PARTIAL;
    }

    /**
     * The meaning of the result of a part.
     *
     * @param outcome the outcome of the member so far
     * @param isSpent whether another part for the member would be in vain
     * @param reason why the outcome is not {@code DONE}
     */
    record Conclusion(MemberOutcome outcome, boolean isSpent, String reason) {

        /**
         * Judges a result. An unknown end counts as {@code DEADLINE}.
         *
         * @param target the target of the part; 0 for a single pass
         */
        static Conclusion of(Reclaimed result, long target) {
            Optional<RoundOutcome> end = Validation.named(RoundOutcome.class, result.end());
            boolean isDelivered = result.freedObjects() >= target;
            // A member that freed something within its time, or did not begin, can be asked again.
            boolean isIdle = result.freedObjects() == 0;
            MemberOutcome late = isDelivered && target > 0 ? MemberOutcome.DONE : MemberOutcome.DEADLINE;
            Conclusion own = switch (end.orElse(RoundOutcome.DEADLINE)) {
                case DONE, TARGET_REACHED ->
                    new Conclusion(
                            isDelivered ? MemberOutcome.DONE : MemberOutcome.TARGET_MISSED,
                            !isDelivered,
                            "it freed less than it was asked for");
                case TARGET_MISSED, NOT_ONLINE ->
                    new Conclusion(MemberOutcome.TARGET_MISSED, true, shortReason(result));
                case DEADLINE -> new Conclusion(late, isIdle && !result.notBegun(), "its part was not done in time");
                case CANCELLED -> new Conclusion(late, isIdle, "its part was ended with the round");
                case SHUTDOWN -> new Conclusion(MemberOutcome.LEFT, true, "it is shutting down");
            };
            String reason = Reasons.join(
                    own.outcome() == MemberOutcome.DONE ? "" : own.reason(),
                    result.reason(),
                    end.isPresent() ? "" : unknown("its part ended as", result.end(), RoundOutcome.DEADLINE));
            return new Conclusion(own.outcome(), own.isSpent(), reason);
        }

        /** Empty where the member itself gives a reason. */
        private static String shortReason(Reclaimed result) {
            if (!result.reason().isEmpty()) {
                return "";
            }
            return result.exhausted() ? "it has no more" : "it freed less than it was asked for, and does not say why";
        }
    }

    /** The reason that names a constant of a later version. */
    static String unknown(String subject, String name, Enum<?> substitute) {
        return subject + " [" + name + "], which this version does not know: taken for [" + substitute + "]";
    }

    /**
     * Allocates a target to members by the arithmetic by which the engine divides it among shrinkers. All amounts are objects.
     *
     * <p>A round of the engine goes to lower and lower priorities until its visits free enough; the amount that a shrinker has to
     * give at that priority is its share. An allocation does the same: it takes the highest priority at which the passes of all
     * members together would free enough, and divides the target in the proportion of what each pass would free. Where even the
     * last priority is not enough, each member is asked for all that its pass would free, and the missing rest is divided in the
     * proportion of what each member has left.
     *
     * <p>A member frees in batches, so parts smaller than a batch would free many times the target. Shares below a batch are
     * therefore carried over to the next member (error diffusion): some members get a part of a batch and others none, in the
     * proportion of their shares. The caller varies the first member.
     */
    static final class Allocation {

        /** Minimum part, except for a member that has less: the default batch of a scan. */
        static final long QUANTUM = 128;

        /** Maximum amount of one member. No heap holds as many objects, and the sum over 100,000 members does not overflow. */
        static final long MAX_OBJECTS = 1L << 46;

        private Allocation() {}

        /**
         * Computes the parts.
         *
         * @param target at least 1
         * @param planned for each member and priority, the objects that one pass would free; limited to {@code remaining}
         * @param remaining for each member, the objects that it can free in all, at most {@link #MAX_OBJECTS}
         * @param firstPriority the first priority to consider
         * @param lastPriority the last priority to consider, not above the first
         * @param start the member to begin with where not all get a part; any number
         * @return for each member a part from 0 to its remaining objects; the sum is the target, or all remaining objects where
         *     these are fewer
         */
        static long[] of(
                long target,
                List<List<Long>> planned,
                long[] remaining,
                int firstPriority,
                int lastPriority,
                long start) {
            long[] shares = new long[remaining.length];
            long sum = 0;
            for (int priority = firstPriority; priority >= lastPriority && sum < target; priority--) {
                sum = 0;
                for (int i = 0; i < remaining.length; i++) {
                    shares[i] = Math.min(planned.get(i).get(priority), remaining[i]);
                    sum += shares[i];
                }
            }
            if (sum >= target) {
                return diffuse(proportional(target, shares), shares, start);
            }
            long[] unplanned = new long[remaining.length];
            for (int i = 0; i < remaining.length; i++) {
                unplanned[i] = remaining[i] - shares[i];
            }
            long[] more = proportional(target - sum, unplanned);
            for (int i = 0; i < remaining.length; i++) {
                shares[i] += more[i];
            }
            return diffuse(shares, remaining, start);
        }

        /**
         * Whole numbers in the proportion of the weights, none above its weight and none farther than 1 from its exact share; the
         * sum is the total, or the sum of the weights where that is less.
         */
        static long[] proportional(long total, long[] weights) {
            long sum = Arrays.stream(weights).sum();
            if (sum <= total) {
                return weights.clone();
            }
            long[] parts = new long[weights.length];
            long weight = 0;
            long given = 0;
            for (int i = 0; i < weights.length; i++) {
                // The running total is rounded, so no part is off by more than 1.
                weight += weights[i];
                parts[i] = productOver(total, weight, sum) - given;
                given += parts[i];
            }
            return parts;
        }

        /** Exact even where the product overflows a long, which takes ten times as long. */
        private static long productOver(long a, long b, long divisor) {
            if (Math.multiplyHigh(a, b) == 0 && a * b >= 0) {
                return a * b / divisor;
            }
            return BigInteger.valueOf(a)
                    .multiply(BigInteger.valueOf(b))
                    .divide(BigInteger.valueOf(divisor))
                    .longValueExact();
        }

        /** The same sum in parts of a quantum or more, except for the last one and for members whose maximum is less. */
        private static long[] diffuse(long[] shares, long[] max, long start) {
            int members = shares.length;
            long[] parts = new long[members];
            long carried = 0;
            int first = members == 0 ? 0 : (int) Math.floorMod(start, (long) members);
            for (int n = 0; n < members; n++) {
                int i = (first + n) % members;
                carried += shares[i];
                if (carried >= Math.min(QUANTUM, max[i])) {
                    parts[i] = Math.min(carried, max[i]);
                    carried -= parts[i];
                }
            }
            // Less than a quantum is left over: it goes to members with a part first, then to the others.
            for (boolean newParts : new boolean[] {false, true}) {
                for (int n = 0; n < members && carried > 0; n++) {
                    int i = (first + n) % members;
                    if (newParts || parts[i] > 0) {
                        long more = Math.min(carried, max[i] - parts[i]);
                        parts[i] += more;
                        carried -= more;
                    }
                }
            }
            return parts;
        }
    }
}
