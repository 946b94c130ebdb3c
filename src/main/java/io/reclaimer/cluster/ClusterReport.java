package io.reclaimer.cluster;

import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The report of a round over a cluster, from the replies that had arrived when it was answered. What it counts was freed. A
 * member with the outcome {@code DEADLINE}, {@code UNREACHABLE}, {@code LEFT} or {@code REFUSED} may have freed more, up to
 * what it was asked for.
 *
 * @param cgroup the top of the subtree
 * @param outcome how the round ended
 * @param freedObjects the objects freed by all members
 * @param freedBytes the same in bytes, by the sizes that shrinkers gave
 * @param elapsed from request to answer
 * @param members an entry for each member of the cluster with the requested role, or for each member that the request
 *     names, in that order, including those that could not be asked
 */
public record ClusterReport(
        CgroupPath cgroup,
        Outcome outcome,
        long freedObjects,
        long freedBytes,
        Duration elapsed,
        List<Member> members) {

    /** How a round over a cluster ended. */
    public enum Outcome {
        /** There was no target, and every member that could be reached has done its pass. */
        DONE,
        /** The target is met. */
        TARGET_REACHED,
        /** The target is not met, and every member that could be reached is exhausted. */
        TARGET_MISSED,
        /**
         * The target is not met, or the pass is not done, and more could be freed: some member refused, was not asked, or
         * could not go on. The entry of each such member gives the reason.
         */
        PARTIAL,
        /** As {@link #PARTIAL}, for lack of time: the deadline passed, or less time was left than a part takes. */
        DEADLINE,
        /** The cancellation of the request was triggered. */
        CANCELLED,
        /** The actor system is shutting down, or this member leaves the cluster. */
        SHUTDOWN
    }

    /** How a round ended for one member. */
    public enum MemberOutcome {
        /** The member freed all that it was asked for, if anything. */
        DONE,
        /** The member could not free what it was asked for. {@link Member#isExhausted} tells whether it has no more. */
        TARGET_MISSED,
        /** The part was not done by its deadline, or the member did not answer by the deadline of the round. */
        DEADLINE,
        /** The member may have had something to free, and was not asked: it takes no part, or offered too late. */
        NOT_ASKED,
        /** The member could not be reached. */
        UNREACHABLE,
        /** It is no member, has left the cluster, or is leaving. */
        LEFT,
        /** The member refused. */
        REFUSED
    }

    /**
     * The entry of one member.
     *
     * @param member the name, {@code host:port}
     * @param outcome how the round ended for it
     * @param pressure the memory pressure that it reported; empty where it did not answer
     * @param freeableObjects the objects that it offered
     * @param askedObjects the sum of its parts; 0 where there was no target
     * @param freedObjects the objects that it reported as freed
     * @param freedBytes the same in bytes
     * @param took from the first request to the last reply
     * @param reason why the outcome is not {@code DONE}, and why the offer was not complete
     * @param isExhausted whether it reported that every shrinker was asked and has no more
     */
    public record Member(
            String member,
            MemberOutcome outcome,
            Optional<MemberPressure> pressure,
            long freeableObjects,
            long askedObjects,
            long freedObjects,
            long freedBytes,
            Duration took,
            Optional<String> reason,
            boolean isExhausted) {}

    /** The number of members by outcome, without outcomes of no member. */
    public Map<MemberOutcome, Integer> countByOutcome() {
        Map<MemberOutcome, Integer> counts = new EnumMap<>(MemberOutcome.class);
        members.forEach(member -> counts.merge(member.outcome(), 1, Integer::sum));
        return Collections.unmodifiableMap(counts);
    }
}
