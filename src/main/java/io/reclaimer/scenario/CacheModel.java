package io.reclaimer.scenario;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How a modelled cache answers.
 *
 * @param whenEmpty what it answers to a count where it has nothing
 * @param arg of {@link Scan#STOP} and {@link Scan#UNDER}
 * @param latency how long a scan takes; 0 for at once
 * @param countFactor what it says it could free, as a multiple of what it has: 1 for an honest one
 * @param refaults the share of freed objects that is asked for again, and comes back
 * @param refaultAfter how long after it was freed
 */
public record CacheModel(
        WhenEmpty whenEmpty,
        Scan scan,
        int arg,
        Duration latency,
        double countFactor,
        double refaults,
        Duration refaultAfter,
        Optional<Faults> faults) {

    /** What a count finds where there is nothing. */
    public enum WhenEmpty {
        EMPTY,
        ZERO
    }

    /** What a scan does; see the conformance scenarios. */
    public enum Scan {
        /** Frees what it is asked for. */
        FULL,
        /** Frees half of it. */
        HALF,
        /** Frees nothing, and says it looked at all. */
        REFUSE,
        /** Answers STOP on every {@code arg}-th call, and is FULL otherwise. */
        STOP,
        /** Looks at {@code arg} percent of what it is asked for, and frees as many. */
        UNDER
    }

    /** What a faulty call does. */
    public enum Fault {
        /** It throws. */
        THROW,
        /** It never answers. */
        STUCK,
        /** It says it freed more than there could be. */
        TOO_MANY,
        /** It answers a negative number that means nothing. */
        NEGATIVE
    }

    /**
     * Which scan calls are faulty: those of {@code calls}, counted from 1, each {@code every}-th, and of the others the share
     * {@code rate}.
     *
     * @param every 0 for none
     */
    public record Faults(Fault kind, double rate, int every, Set<Integer> calls) {}
}
