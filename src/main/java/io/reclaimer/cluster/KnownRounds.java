package io.reclaimer.cluster;

import io.reclaimer.cluster.KnownRound.Stage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rounds that a member knows. {@link MemberParts}' alone. Bounded: beyond {@value #MOST} the oldest for which nothing is
 * under way is forgotten.
 *
 * <p>By number alone, for a round's requests come from whom it asks by way of as well as from itself. Members count rounds
 * from a number of 63 random bits: of 10,000 members with a million rounds each, the odds that any two of all rounds have the
 * same number are 1 to 90,000, and these would have to be under way together.
 *
 * @param <A> where answers go
 */
final class KnownRounds<A> {

    /** How many there may be at a time. */
    static final int MOST = 1024;

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

    /** Of how many a part is under way, or waits. */
    int withPart() {
        return (int) rounds.values().stream()
                .filter(known -> known.stage == Stage.PART_WAITS || known.stage == Stage.PART_RUNS)
                .count();
    }

    /** Forgets what is over. */
    void forgetOld(long now) {
        rounds.values().removeIf(known -> known.stage == Stage.OFFERED && now - known.forgetNanos >= 0);
    }

    /**
     * Forgets what is over, and where that is not enough for one more, the oldest round for which nothing is under way. Where
     * something was still to come of it, that is refused, for nothing is known of the round; so nothing is done twice. The
     * round may begin again.
     *
     * @return false where something is under way for each
     */
    boolean makeRoom(long now) {
        forgetOld(now);
        if (rounds.size() < MOST) {
            return true;
        }
        Optional<KnownRound<A>> idle = rounds.values().stream()
                .filter(known -> known.stage == Stage.OFFERED)
                .findFirst();
        idle.ifPresent(known -> rounds.remove(known.number));
        return idle.isPresent();
    }
}
