package io.reclaimer.adapter;

import akka.cluster.sharding.ShardRegion.ShardRegionStats;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The number of entities of each shard of a region, and the effect of a limit on them. A region divides its limit into
 * equal parts for its shards, rounded down. Therefore a limit is not a number of entities: if shards are uneven, a
 * limit just below the sum of all stops many entities of the largest shard. Immutable.
 *
 * <p>A shard that did not answer may have any number of entities. The limit applies to it as well, so the number of
 * entities that a limit stops is unknown while there is such a shard.
 */
final class ShardedLoad {

    private final Map<String, Integer> entities;
    private final Set<String> unanswered;

    /**
     * @param entitiesByShard the shards that answered
     * @param unanswered the other shards of the region
     */
    ShardedLoad(Map<String, Integer> entitiesByShard, Set<String> unanswered) {
        this.entities = Map.copyOf(entitiesByShard);
        this.unanswered = Set.copyOf(unanswered);
    }

    static ShardedLoad of(ShardRegionStats stats) {
        Map<String, Integer> entities = new HashMap<>();
        stats.getStats().forEach((shard, count) -> entities.put(shard, (Integer) count));
        return new ShardedLoad(entities, stats.getFailed());
    }

    /** Returns the number of shards among which the region divides its limit. */
    int shards() {
        return entities.size() + unanswered.size();
    }

    /** Returns whether all shards answered. */
    boolean isComplete() {
        return unanswered.isEmpty();
    }

    Set<String> unanswered() {
        return unanswered;
    }

    /** Returns the number of entities of the shards that answered. */
    long total() {
        return entities.values().stream().mapToLong(Integer::longValue).sum();
    }

    /**
     * Returns how many entities have to stop, among the shards that answered, if no shard may have more than
     * {@code level}.
     */
    long above(int level) {
        return entities.values().stream()
                .mapToLong(count -> Math.max(0, count - level))
                .sum();
    }

    /** Returns the same shards with the numbers of a later answer. A shard that is missing there keeps its number. */
    ShardedLoad updatedBy(ShardedLoad later) {
        Map<String, Integer> updated = new HashMap<>(entities);
        updated.replaceAll((shard, count) -> later.entities.getOrDefault(shard, count));
        return new ShardedLoad(updated, unanswered);
    }

    /**
     * Returns the lowest level of the shards that stops at most {@code most} entities. If that would stop none, it is
     * the highest level that stops any.
     *
     * @param lowest the minimum of the level
     * @return a level; it stops nothing if no shard is above {@code lowest}
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
