package io.reclaimer.adapter;

import java.util.Arrays;

/**
 * How many entities each shard of a region has, and which limit of the region stops how many. A region deals its limit out
 * to its shards in equal parts, rounded down, so a limit is not a number of entities: of uneven shards, one just below
 * the sum of all stops many entities of the largest. Immutable.
 */
final class ShardedLoad {

    private final int[] entities;

    ShardedLoad(int... entitiesByShard) {
        entities = entitiesByShard.clone();
    }

    int shards() {
        return entities.length;
    }

    long total() {
        return Arrays.stream(entities).asLongStream().sum();
    }

    /** How many entities have to stop where no shard may have more than {@code level}. */
    long above(int level) {
        return Arrays.stream(entities)
                .asLongStream()
                .map(count -> Math.max(0, count - level))
                .sum();
    }

    /**
     * The lowest level of the shards that stops no more than {@code most} entities; where that would stop none, the
     * highest one that stops any.
     *
     * @param lowest the level is not below
     * @return a level; it stops nothing where no shard is above {@code lowest}
     */
    int levelStopping(long most, int lowest) {
        int highest = Arrays.stream(entities).max().orElse(0);
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
