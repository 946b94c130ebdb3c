package io.reclaimer.cluster;

import io.reclaimer.cluster.KnownRound.Stage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rounds in which a member takes part, at most {@value #MAX}: beyond that, the oldest round without work under way is
 * forgotten. Confined to its {@link MemberParts}.
 *
 * <p>The number alone identifies a round. Each member counts its rounds from a random number of 63 bits. With 10,000
 * members and a million rounds each, the odds that any two rounds have the same number are 1 to 90,000, and only rounds
 * that overlap would be confused.
 *
 * @param <A> the address that replies are sent to
 */
final class KnownRounds<A> {

    static final int MAX = 1024;

    /** The oldest first. */
    private final Map<Long, KnownRound<A>> rounds = new LinkedHashMap<>();

    @Nullable
    KnownRound<A> get(long number) {
        return rounds.get(number);
    }

    void add(KnownRound<A> round) {
        rounds.put(round.number, round);
    }

    void remove(long number) {
        rounds.remove(number);
    }

    List<KnownRound<A>> all() {
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
        Optional<KnownRound<A>> idle = rounds.values().stream()
                .filter(known -> known.stage == Stage.OFFERED)
                .findFirst();
        idle.ifPresent(known -> rounds.remove(known.number));
        return idle.isPresent();
    }
}
