package io.reclaimer.scenario.model;

import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** The data of one event. */
public interface EventDetail {

    /** The subject of the event. Events of one kind, member and subject differ in their figures only, and can be summed up. */
    String subject();

    /** One line for people. */
    String text();

    /** A step began. */
    record StepStarted(Step.Action action) implements EventDetail {
        @Override
        public String subject() {
            return action.subject();
        }

        @Override
        public String text() {
            return action.describe();
        }
    }

    /**
     * A round replied.
     *
     * @param subject who requested what, as in {@code pressure over /shop for 500 objects}
     * @param outcome the name of the outcome in its report
     * @param members the part of each member in a round over the cluster; empty for other rounds
     */
    record RoundEnded(String subject, String outcome, long freedObjects, Duration elapsed, List<MemberPart> members)
            implements EventDetail {

        /** The part of one member in a round over the cluster. */
        public record MemberPart(String member, String outcome, long askedObjects, long freedObjects) {}

        @Override
        public String text() {
            return subject + ": " + outcome + ", freed " + Formats.number(freedObjects) + " in "
                    + Formats.time(elapsed)
                    + members.stream()
                            .map(part -> ", " + part.member() + " " + Formats.number(part.freedObjects()) + " "
                                    + part.outcome())
                            .collect(Collectors.joining());
        }
    }

    /** A round was refused. */
    record RoundRefused(String subject, String reason) implements EventDetail {
        @Override
        public String text() {
            return subject + ": " + reason;
        }
    }

    /**
     * The heap pressure changed.
     *
     * @param state the name of the new state
     * @param livePercent live bytes in percent of the heap
     * @param rounds rounds that the pressure started so far
     * @param freedObjects objects that these rounds freed
     */
    record PressureChanged(String state, double livePercent, long rounds, long freedObjects) implements EventDetail {
        @Override
        public String subject() {
            return "pressure " + state;
        }

        @Override
        public String text() {
            return subject() + ", " + Formats.number(Math.round(livePercent)) + " % of the heap live, " + rounds
                    + " rounds so far freed " + Formats.number(freedObjects) + " objects";
        }
    }

    /** The number of faults of a shrinker changed. */
    record ShrinkerFaulted(String subject, String lastFault, boolean quarantined) implements EventDetail {
        @Override
        public String text() {
            return subject + ": " + lastFault + (quarantined ? ", in quarantine" : "");
        }
    }

    /** An expectation was decided. */
    record ExpectationDecided(Verdict verdict) implements EventDetail {
        @Override
        public String subject() {
            return text();
        }

        @Override
        public String text() {
            return (verdict.passed() ? "as expected: " : "not as expected: ") + verdict.what() + ": " + verdict.actual()
                    + (verdict.passed() ? "" : ", expected " + verdict.expected());
        }
    }
}
