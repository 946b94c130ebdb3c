package io.reclaimer.cluster;

import io.reclaimer.cluster.KnownRound.Stage;
import io.reclaimer.shrinker.CgroupPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rounds in which a member takes part, and the slots for their counts and parts. Confined to its {@link MemberParts};
 * has no clock. Times are in nanoseconds from an arbitrary start.
 *
 * <p>A round has at most one count or part under way, so it takes at most one slot. A free slot goes to the waiting round
 * with the fewest running ones of the same cgroup and of the same requester; among equals, to the one that has waited
 * longest. One of every four slots is withheld from a cgroup that has the others. So neither a tenant with many rounds and
 * slow shrinkers nor a member that requests many rounds can hold all slots.
 *
 * <p>At most {@value #MAX} rounds are known: beyond that, the oldest round without work under way is forgotten.
 *
 * <p>The number alone identifies a round. Each member counts its rounds from a random number of 63 bits. With 10,000
 * members and a million rounds each, the odds that any two rounds have the same number are 1 to 90,000, and only rounds
 * that overlap would be confused.
 */
final class KnownRounds {

    static final int MAX = 1024;

    /** A quarter of the slots is withheld from a single cgroup. */
    private static final int WITHHELD_DIVISOR = 4;

    final int slots;

    /** The oldest first. */
    private final Map<Long, KnownRound> rounds = new LinkedHashMap<>();

    /** The rounds that wait for a slot; the one that has waited longest is the first. */
    private final Set<KnownRound> waiting = new LinkedHashSet<>();

    KnownRounds(int slots) {
        this.slots = slots;
    }

    @Nullable
    KnownRound get(long number) {
        return rounds.get(number);
    }

    /** Adds a round, whose count waits for a slot. */
    void add(KnownRound round, long latestNanos) {
        rounds.put(round.number, round);
        enqueue(round, Stage.COUNT_WAITS, latestNanos);
    }

    /** Lets the count or part of a round wait for a slot. {@link #next} gives it one. */
    void enqueue(KnownRound round, Stage stage, long latestNanos) {
        round.stage = stage;
        round.latestNanos = latestNanos;
        waiting.add(round);
    }

    /** Gives a slot to a waiting round, whose work runs from then on; empty where no slot is free for any. */
    Optional<KnownRound> next() {
        Map<CgroupPath, Integer> byCgroup = new HashMap<>();
        Map<Long, Integer> byRequester = new HashMap<>();
        int running = 0;
        for (KnownRound known : rounds.values()) {
            if (known.isRunning()) {
                running++;
                byCgroup.merge(known.request.cgroup(), 1, Integer::sum);
                byRequester.merge(known.requester.uid(), 1, Integer::sum);
            }
        }
        if (running >= slots) {
            return Optional.empty();
        }
        int fewest = Integer.MAX_VALUE;
        Optional<KnownRound> best = Optional.empty();
        for (KnownRound known : waiting) {
            int sameCgroup = byCgroup.getOrDefault(known.request.cgroup(), 0);
            int neighbours = sameCgroup + byRequester.getOrDefault(known.requester.uid(), 0);
            if (sameCgroup < slots - slots / WITHHELD_DIVISOR && neighbours < fewest) {
                fewest = neighbours;
                best = Optional.of(known);
            }
        }
        best.ifPresent(known -> {
            waiting.remove(known);
            known.stage = known.stage == Stage.COUNT_WAITS ? Stage.COUNTING : Stage.PART_RUNS;
        });
        return best;
    }

    /** Ends the wait of a round. Returns false where it does not wait. */
    boolean endWait(KnownRound round) {
        return waiting.remove(round);
    }

    /** Ends the wait of the rounds that may not wait any longer, and returns them. */
    List<KnownRound> endLateWaits(long now) {
        List<KnownRound> late = new ArrayList<>();
        waiting.removeIf(known -> now - known.latestNanos >= 0 && late.add(known));
        return late;
    }

    /** When {@link #endLateWaits} has a result again; empty where nothing waits. */
    OptionalLong dueNanos() {
        return waiting.stream().mapToLong(known -> known.latestNanos).reduce((a, b) -> a - b < 0 ? a : b);
    }

    void remove(KnownRound round) {
        rounds.remove(round.number);
    }

    List<KnownRound> all() {
        return List.copyOf(rounds.values());
    }

    int size() {
        return rounds.size();
    }

    /** The number of parts under way or waiting. */
    int parts() {
        return (int) rounds.values().stream()
                .filter(known -> known.stage == Stage.PART_WAITS || known.stage == Stage.PART_RUNS)
                .count();
    }

    /** Forgets rounds that are over. */
    void forgetOld(long now) {
        rounds.values().removeIf(known -> known.stage == Stage.OFFERED && now - known.forgetNanos >= 0);
    }

    /**
     * Makes room for one more round: forgets rounds that are over, and otherwise the oldest round without work under way. A
     * further part of a forgotten round is refused, because its round is unknown, so nothing is done twice; its coordinator
     * may begin again with the count.
     *
     * @return false where work is under way for every round
     */
    boolean makeRoom(long now) {
        forgetOld(now);
        if (rounds.size() < MAX) {
            return true;
        }
        Optional<KnownRound> idle = rounds.values().stream()
                .filter(known -> known.stage == Stage.OFFERED)
                .findFirst();
        idle.ifPresent(this::remove);
        return idle.isPresent();
    }
}
