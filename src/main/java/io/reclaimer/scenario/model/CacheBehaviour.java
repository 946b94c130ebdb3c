package io.reclaimer.scenario.model;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How a simulated cache replies to calls.
 *
 * @param whenEmpty the reply to a count of an empty cell
 * @param latency the time of one scan; 0 for an immediate reply
 * @param countFactor the counted objects as a multiple of the real ones; 1 for an honest cache
 * @param faults empty for a cache without faults
 */
public record CacheBehaviour(
        WhenEmpty whenEmpty,
        Scan scan,
        Duration latency,
        double countFactor,
        Refaults refaults,
        Optional<Faults> faults) {

    /** The reply to a count of an empty cell. */
    public enum WhenEmpty {
        EMPTY,
        ZERO
    }

    /**
     * The reply to a scan.
     *
     * @param arg the parameter of {@link Mode#STOP} and {@link Mode#UNDER}
     */
    public record Scan(Mode mode, int arg) {}

    /** The effect of a scan. */
    public enum Mode {
        /** Frees the objects asked for. */
        FULL,
        /** Frees half of the objects asked for. */
        HALF,
        /** Frees nothing and reports all objects as scanned. */
        REFUSE,
        /** Replies STOP to every {@code arg}-th call; frees the objects asked for otherwise. */
        STOP,
        /** Scans {@code arg} percent of the objects asked for, and frees those. */
        UNDER
    }

    /**
     * Freed objects that are requested again and loaded back.
     *
     * @param share of the freed objects: 0 to 1
     * @param after the time between the scan and the refault
     */
    public record Refaults(double share, Duration after) {}

    /** The effect of a faulty call. */
    public enum Fault {
        /** Throws an exception. */
        THROW,
        /** Never replies. */
        STUCK,
        /** Reports more freed objects than can exist. */
        TOO_MANY,
        /** Replies a negative number without a meaning. */
        NEGATIVE
    }

    /**
     * The faulty scan calls: those in {@code calls}, every {@code every}-th call, and a random share of the others.
     *
     * @param rate the random share: 0 to 1
     * @param every 0 for none
     * @param calls numbers of calls, from 1
     */
    public record Faults(Fault kind, double rate, int every, Set<Integer> calls) {}

    /** Whether a scan may not reply at once. */
    public boolean isDelayed() {
        return !latency.isZero()
                || faults.filter(some -> some.kind() == Fault.STUCK).isPresent();
    }
}
