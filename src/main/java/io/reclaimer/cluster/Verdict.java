package io.reclaimer.cluster;

import io.reclaimer.cluster.ClusterReport.Outcome;
import java.util.List;
import java.util.function.Predicate;

/** How a round ended that was not ended by somebody: from what is known of its members. */
final class Verdict {

    private Verdict() {}

    /**
     * For one with a target.
     *
     * @param isTimeUp whether there is no time for another part
     */
    static Outcome ofTarget(boolean isMet, boolean isTimeUp, List<Seat> seats) {
        return isMet ? Outcome.MET : of(Outcome.SHORT, Seat::isExhausted, isTimeUp, seats);
    }

    /** For one pass. */
    static Outcome ofPass(boolean isTimeUp, List<Seat> seats) {
        return of(Outcome.DONE, Seat::isPartDone, isTimeUp, seats);
    }

    /**
     * The best that can be said is said only where it is so of each member that can be reached, and of one at least, or where
     * there is none to ask.
     */
    private static Outcome of(Outcome best, Predicate<Seat> isSo, boolean isTimeUp, List<Seat> seats) {
        if (seats.stream().anyMatch(Seat::isAwaited)) {
            return Outcome.DEADLINE;
        }
        boolean isOfEach = seats.stream().allMatch(seat -> isSo.test(seat) || seat.isAway());
        if (isOfEach && (seats.isEmpty() || seats.stream().anyMatch(isSo))) {
            return best;
        }
        return isTimeUp && seats.stream().anyMatch(Seat::lacksTime) ? Outcome.DEADLINE : Outcome.PARTIAL;
    }
}
