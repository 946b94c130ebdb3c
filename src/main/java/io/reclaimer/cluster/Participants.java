package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shrinker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The participants of one round, and the sums and outcomes over all of them. Confined to its {@link Coordinator}.
 *
 * <p>Invariant: {@code awaited} holds the number of awaited participants by stage. So every change goes through {@link
 * #change}.
 */
final class Participants {

    private final List<Participant> participants = new ArrayList<>();
    private final Map<String, Participant> byMember = new HashMap<>();
    private final int[] awaited = new int[Participant.Stage.values().length];

    void add(Candidate candidate, long now) {
        Participant participant = new Participant(participants.size(), candidate.member(), now);
        switch (candidate.presence()) {
            case HERE, UNREACHABLE, LEAVING, DOWN, CLUSTER_ENDS, GONE -> participant.update(candidate.presence());
            case JOINING, WITHOUT_RECLAIMER ->
                participant.exclude(
                        MemberOutcome.NOT_ASKED, candidate.presence().reason());
        }
        participants.add(participant);
        byMember.put(candidate.member(), participant);
        count(participant, 1);
    }

    private void count(Participant participant, int step) {
        awaited[participant.stage().ordinal()] += participant.isAwaited() ? step : 0;
    }

    /** Applies a change to one participant. */
    void change(Participant participant, Consumer<Participant> change) {
        count(participant, -1);
        change.accept(participant);
        count(participant, 1);
    }

    List<Participant> all() {
        return participants;
    }

    Optional<Participant> of(String member) {
        return Optional.ofNullable(byMember.get(member));
    }

    /** Empty for an index beyond the last participant. */
    Optional<Participant> of(int index) {
        return index < participants.size() ? Optional.of(participants.get(index)) : Optional.empty();
    }

    /** The number of awaited participants in a stage. */
    int awaited(Participant.Stage stage) {
        return awaited[stage.ordinal()];
    }

    /** The number of parts that have not ended. */
    int awaitedParts() {
        return awaited(Participant.Stage.RUNNING) + awaited(Participant.Stage.WRITTEN_OFF);
    }

    boolean isAnyAwaited() {
        return awaited(Participant.Stage.COUNTING) + awaitedParts() > 0;
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
     * The outcome of a round with a target that has run to its end.
     *
     * @param isTimeUp whether there is no time for another part
     */
    Outcome outcomeOfTarget(boolean isMet, boolean isTimeUp) {
        return isMet ? Outcome.MET : outcome(Outcome.SHORT, Participant::isExhausted, isTimeUp);
    }

    /** The outcome of a round of one pass that has run to its end. */
    Outcome outcomeOfPass(boolean isTimeUp) {
        return outcome(Outcome.DONE, Participant::isPartDone, isTimeUp);
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
}
