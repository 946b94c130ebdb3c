package io.reclaimer.cluster;

import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a round over a cluster did, as far as members have said until it answered: what is counted here was freed. A member
 * whose outcome is {@code DEADLINE}, {@code UNREACHABLE} or {@code LEFT} may have freed more, up to what it was asked for.
 *
 * @param cgroup the top of the subtree
 * @param outcome how it ended
 * @param freedObjects by all members
 * @param freedBytes the same in bytes, by the sizes shrinkers gave
 * @param elapsed from request to answer
 * @param members who took part, by name
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
        /** Nobody can give more. */
        SHORT,
        /** The deadline passed. */
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
        /** It could not free what it was asked for. */
        SHORT,
        /** It was not done by the deadline of its part, or did not answer by that of the round. */
        DEADLINE,
        /** It could not be reached. */
        UNREACHABLE,
        /** It is no member, left, or is on its way out. */
        LEFT,
        /** It said no; the reason is given. */
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
     * @param reason why it refused
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
            Optional<String> reason) {}
}
