package io.reclaimer.adapter;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How many entities each shard of a region has, and which limit of the region stops how many. A region deals its limit out
 * to its shards in equal parts, rounded down, so a limit is not a number of entities: of uneven shards, one just below
 * the sum of all stops many entities of the largest. Immutable.
 *
 * <p>A shard that did not answer may have any number. A limit reaches it like all others, so no limit is known to stop
 * only so many while there is one.
 */
final class ShardedLoad {

    private final Map<String, Integer> entities;
    private final Set<String> unanswered;

    /**
     * @param entitiesByShard of the shards that answered
     * @param unanswered the other shards of the region
     */
    ShardedLoad(Map<String, Integer> entitiesByShard, Set<String> unanswered) {
        this.entities = Map.copyOf(entitiesByShard);
        this.unanswered = Set.copyOf(unanswered);
    }

    /** How many shards the region deals its limit out to. */
    int shards() {
        return entities.size() + unanswered.size();
    }

    /** Whether all shards answered. */
    boolean isComplete() {
        return unanswered.isEmpty();
    }

    Set<String> unanswered() {
        return unanswered;
    }

    /** The entities of the shards that answered. */
    long total() {
        return entities.values().stream().mapToLong(Integer::longValue).sum();
    }

    /** How many entities of the shards that answered have to stop where no shard may have more than {@code level}. */
    long above(int level) {
        return entities.values().stream()
                .mapToLong(count -> Math.max(0, count - level))
                .sum();
    }

    /** The same shards with the numbers of a later answer; one that is not in it keeps its number. */
    ShardedLoad updatedBy(ShardedLoad later) {
        Map<String, Integer> updated = new HashMap<>(entities);
        updated.replaceAll((shard, count) -> later.entities.getOrDefault(shard, count));
        return new ShardedLoad(updated, unanswered);
    }

    /**
     * The lowest level of the shards that stops no more than {@code most} entities; where that would stop none, the
     * highest one that stops any.
     *
     * @param lowest the level is not below
     * @return a level; it stops nothing where no shard is above {@code lowest}
     */
    int levelStopping(long most, int lowest) {
        int highest =
                entities.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        int low = lowest;
        int high = Math.max(lowest, highest - 1);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (above(middle) <= most) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
