package io.reclaimer.scenario.model;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** The data of one event: a {@link Step.Action}, a {@link ScenarioResult.Verdict}, a {@link RoundEnded} or a {@link Note}. */
public interface EventDetail {

    /** The subject of the event. Events of one kind, member and subject differ in their figures only, and can be summed up. */
    String subject();

    /** One line for people. */
    String text();

    /** A change of a fault or of the heap pressure, or a refused round. */
    record Note(String subject, String text) implements EventDetail {}

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
}
