package io.reclaimer.scenario.model;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The expected range of a value, and the time of the check.
 *
 * @param line in the file; 0 for an unknown line
 * @param is the exact value; empty for a range
 * @param min empty for no lower bound
 * @param max empty for no upper bound
 */
public record Expectation(int line, Value value, When when, OptionalDouble is, OptionalDouble min, OptionalDouble max) {

    /**
     * A measured quantity: the sum over all members, shrinkers, cgroups and nodes that a {@link Value} leaves open. Events are counted
     * since the start.
     */
    public enum What {
        OBJECTS,
        ADDED,
        FREED,
        /** Objects freed in the cgroup and below it, in percent of all freed objects. */
        FREED_SHARE,
        DEFERRED,
        SCANNED,
        CALLS,
        /** Calls of a shrinker after it was reported as freed; any is an error. */
        CALLS_AFTER_FREED,
        FAULTS,
        QUARANTINED,
        REFAULTS,
        BITS,
        /** The least number of ids that every map can hold. */
        NR_MAX,
        ROUNDS,
        /** Rounds that ended without their target. */
        SHORT_ROUNDS,
        /** Rounds that their deadline ended. */
        LATE_ROUNDS,
        /** The duration of the longest round so far, in milliseconds. */
        LONGEST_ROUND,
        RUNNING_ROUNDS,
        /** Live bytes in percent of the heap. */
        HEAP,
        /** Objects added and neither present, freed, removed nor dropped; any is an error. */
        LOST;

        /** The name in a file, as {@code freedShare}. */
        public String word() {
            StringBuilder word = new StringBuilder();
            for (String part : name().toLowerCase(Locale.ROOT).split("_")) {
                word.append(word.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
            }
            return word.toString();
        }
    }

    /**
     * A quantity and what it is limited to.
     *
     * @param cgroup this cgroup without those below it, except for {@link What#FREED_SHARE}
     */
    public record Value(
            What what,
            Optional<String> member,
            Optional<String> shrinker,
            Optional<String> cgroup,
            Optional<Integer> node) {

        /** As {@code freed share of pages in /shop on member1}. */
        public String describe() {
            return what.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                    + shrinker.map(name -> " of " + name).orElse("")
                    + cgroup.map(name -> " in " + name).orElse("")
                    + node.map(number -> " on node " + number).orElse("")
                    + member.map(name -> " on " + name).orElse("");
        }
    }

    /**
     * The time of the check.
     *
     * @param from the first sample, since the start of the scenario
     * @param to the last sample; at least {@code from}
     */
    public record When(Mode mode, Duration from, Duration to) {

        /** One check after everything has ended and no round is under way. */
        public static final When AT_THE_END = new When(Mode.AT_THE_END, Duration.ZERO, Duration.ZERO);

        /** One check at a time. */
        public static When at(Duration time) {
            return new When(Mode.AT, time, time);
        }

        /** As {@code always from 0s to 1m}. */
        public String describe() {
            return switch (mode) {
                case AT -> "at " + Formats.time(from);
                case AT_THE_END -> "at the end";
                case EVENTUALLY -> "eventually between " + Formats.time(from) + " and " + Formats.time(to);
                case ALWAYS -> "always from " + Formats.time(from) + " to " + Formats.time(to);
                case NEVER -> "never from " + Formats.time(from) + " to " + Formats.time(to);
            };
        }
    }

    /** The samples that have to fit. */
    public enum Mode {
        /** The one at a time. */
        AT,
        /** The one after the end. */
        AT_THE_END,
        /** At least one. */
        EVENTUALLY,
        /** All. */
        ALWAYS,
        /** None. */
        NEVER
    }

    /** Whether a value is in the range. */
    public boolean fits(double actual) {
        return (is.isEmpty() || is.getAsDouble() == actual)
                && (min.isEmpty() || actual >= min.getAsDouble())
                && (max.isEmpty() || actual <= max.getAsDouble());
    }

    /** The value and the time, in words. */
    public String describe() {
        return value.describe() + ", " + when.describe();
    }

    /** The range in words, as {@code at least 5, at most 10}; for {@link Mode#NEVER} with a leading {@code not}. */
    public String describeRange() {
        String exact = is.isPresent() ? Formats.number(is.getAsDouble()) : "";
        String least = min.isPresent() ? "at least " + Formats.number(min.getAsDouble()) : "";
        String most = max.isPresent() ? "at most " + Formats.number(max.getAsDouble()) : "";
        String range = exact + least + (least.isEmpty() || most.isEmpty() ? "" : ", ") + most;
        return when.mode() == Mode.NEVER ? "not " + range : range;
    }
}
