package io.reclaimer.cluster;

import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a round over a cluster did, as far as members have said until it answered: what is counted here was freed. A member
 * whose outcome is {@code DEADLINE}, {@code UNREACHABLE}, {@code LEFT} or {@code REFUSED} may have freed more, up to what it was
 * asked for.
 *
 * @param cgroup the top of the subtree
 * @param outcome how it ended
 * @param freedObjects by all members
 * @param freedBytes the same in bytes, by the sizes shrinkers gave
 * @param elapsed from request to answer
 * @param members all that are in the cluster, of the request's role, or all that it names, in that order; also those that
 *     could not be asked
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
        /** There was no target; every member that could be reached has done its pass. */
        DONE,
        /** The target is met. */
        MET,
        /** The target is not met, and nobody can give more: every member that could be reached is exhausted. */
        SHORT,
        /**
         * The target is not met, or the pass not done, and that is not all that there is: somebody refused, was not asked, or
         * could not go on. Each of these members' entries says why.
         */
        PARTIAL,
        /** The same for lack of time: the deadline passed, or less was left than a part takes. */
        DEADLINE,
        /** The request's cancellation was thrown. */
        CANCELLED,
        /** The actor system is shutting down, or its member has left. */
        SHUTDOWN
    }

    /** How it ended for one member. */
    public enum MemberOutcome {
        /** It freed all that it was asked for, if anything. */
        DONE,
        /** It could not free what it was asked for; {@link Member#exhausted} says whether it has no more. */
        SHORT,
        /** It was not done by the deadline of its part, or did not answer by that of the round. */
        DEADLINE,
        /** It may have had something to give, and was not asked for it: it takes no part, or offered too late. */
        NOT_ASKED,
        /** It could not be reached. */
        UNREACHABLE,
        /** It is no member, left, or is on its way out. */
        LEFT,
        /** It said no. */
        REFUSED
    }

    /**
     * One member's part.
     *
     * @param member its name, {@code host:port}
     * @param outcome how it ended
     * @param pressure what it said of its heap; empty where it said nothing
     * @param freeableObjects what it said it could free
     * @param askedObjects the sum of its parts; 0 where there was no target
     * @param freedObjects what it said it freed
     * @param freedBytes the same in bytes
     * @param took from the first question to the last answer
     * @param reason why it ended so, where that is not {@code DONE}; and what is known of why it has not offered all
     * @param exhausted whether it said that everybody there was asked and has no more
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
            boolean exhausted) {}

    /** How many members ended how; of how none did, nothing. */
    public Map<MemberOutcome, Integer> countByOutcome() {
        Map<MemberOutcome, Integer> counts = new EnumMap<>(MemberOutcome.class);
        members.forEach(member -> counts.merge(member.outcome(), 1, Integer::sum));
        return Collections.unmodifiableMap(counts);
    }
}
