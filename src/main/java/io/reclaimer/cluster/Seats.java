package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Shrinker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The members of one round. {@link FanOut}'s alone. Invariant: {@code awaited} counts the seats that are, by stage. */
final class Seats {

    private final List<Seat> seats = new ArrayList<>();
    private final Map<String, Seat> byMember = new HashMap<>();
    private final int[] awaited = new int[Seat.Stage.values().length];

    void add(Guest guest, long now) {
        Seat seat = new Seat(seats.size(), guest.member(), now);
        seats.add(seat);
        byMember.put(guest.member(), seat);
        switch (guest.presence()) {
            case HERE -> {}
            case UNREACHABLE -> seat.reachable(false);
            case LEAVING, DOWN, CLUSTER_ENDS, GONE -> seat.gone(guest.presence());
            case JOINING, WITHOUT_RECLAIMER -> seat.notAsked(guest.presence());
        }
        awaited[seat.stage().ordinal()] += seat.isAwaited() ? 1 : 0;
    }

    List<Seat> all() {
        return seats;
    }

    Optional<Seat> of(String member) {
        return Optional.ofNullable(byMember.get(member));
    }

    /** Empty for a number that no member has. */
    Optional<Seat> of(int number) {
        return number < seats.size() ? Optional.of(seats.get(number)) : Optional.empty();
    }

    /** Changes one. */
    void change(Seat seat, Consumer<Seat> how) {
        awaited[seat.stage().ordinal()] -= seat.isAwaited() ? 1 : 0;
        how.accept(seat);
        awaited[seat.stage().ordinal()] += seat.isAwaited() ? 1 : 0;
    }

    /** How many are awaited in that stage. */
    int awaited(Seat.Stage stage) {
        return awaited[stage.ordinal()];
    }

    /** Of how many a part is yet to end. */
    int awaitedParts() {
        return awaited(Seat.Stage.RUNNING) + awaited(Seat.Stage.WRITTEN_OFF);
    }

    boolean isAnyAwaited() {
        return awaited(Seat.Stage.COUNTING) + awaitedParts() > 0;
    }

    long freedObjects() {
        return seats.stream().mapToLong(Seat::freedObjects).reduce(0, Split::add);
    }

    long freedBytes() {
        return seats.stream().mapToLong(Seat::freedBytes).reduce(0, Split::add);
    }

    List<ClusterReport.Member> report(Outcome outcome, long now) {
        return seats.stream().map(seat -> seat.report(outcome, now)).toList();
    }

    /**
     * What each is to free of what is missing; 0 for those that are not to be asked.
     *
     * @param start at whom to begin where not all get a part
     */
    long[] parts(long missing, ReclaimRequest request, long start) {
        int last = request.flags().contains(ReclaimFlag.BACKGROUND)
                ? Shrinker.HIGHEST_PRIORITY + 1
                : Shrinker.HIGHEST_PRIORITY;
        long[] parts = Split.of(
                missing,
                seats.stream().map(Seat::plannedObjects).toList(),
                seats.stream().mapToLong(Seat::leftObjects).toArray(),
                request.priority(),
                last,
                start);
        return Arrays.stream(parts).anyMatch(part -> part > 0) ? parts : evenly(missing);
    }

    /**
     * Nobody has more, by the offers; but who has given all that it was asked for has not said that it has no more. It may have
     * more by now, and if it has not, says so.
     */
    private long[] evenly(long missing) {
        long many = seats.stream().filter(Seat::canBeAsked).count();
        long each = many == 0 ? 0 : Math.min(Split.MOST_OBJECTS, (missing - 1) / many + 1);
        return seats.stream().mapToLong(seat -> seat.canBeAsked() ? each : 0).toArray();
    }
}
