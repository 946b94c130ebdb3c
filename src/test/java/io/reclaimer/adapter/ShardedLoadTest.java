package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Seeded;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShardedLoadTest {

    @Test
    void evenShardsStopAsManyAsAskedFor() {
        ShardedLoad load = load(10, 10, 10, 10);
        assertThat(load.total()).isEqualTo(40);
        assertThat(load.levelStopping(8, 1)).isEqualTo(8);
        assertThat(load.above(8)).isEqualTo(8);
    }

    /** For these shards, a limit of 58, one less than the sum, would stop 45 entities. */
    @Test
    void largestOfUnevenShardsIsLoweredAlone() {
        ShardedLoad load = load(50, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        assertThat(load.levelStopping(10, 1)).isEqualTo(40);
        assertThat(load.above(load.levelStopping(1, 1))).isOne();
    }

    @Test
    void fewestAreStoppedWhereAsFewAsAskedForCanNotBe() {
        ShardedLoad load = load(5, 5, 5);
        assertThat(load.levelStopping(2, 1)).isEqualTo(4);
    }

    @Test
    void noShardGoesBelowTheLowestLevel() {
        assertThat(load(5, 2, 0).levelStopping(Long.MAX_VALUE, 2)).isEqualTo(2);
        ShardedLoad low = load(2, 2);
        assertThat(low.above(low.levelStopping(10, 2))).isZero();
        ShardedLoad none = load();
        assertThat(none.above(none.levelStopping(10, 1))).isZero();
    }

    @Test
    void levelIsTheOneThatTryingAllOfThemFinds() {
        Seeded random = Seeded.create();
        for (int run = 0; run < 1000; run++) {
            int[] shards = random.ints(1 + random.nextInt(6), 0, 30).toArray();
            ShardedLoad load = load(shards);
            int lowest = 1 + random.nextInt(3);
            long most = 1L + random.nextInt(60);
            int level = load.levelStopping(most, lowest);
            long best = 0;
            long fewest = 0;
            for (int other = 40; other >= lowest; other--) {
                long stopped = load.above(other);
                best = stopped <= most ? stopped : best;
                fewest = fewest == 0 ? stopped : fewest;
            }
            assertThat(level).isGreaterThanOrEqualTo(lowest);
            assertThat(load.above(level)).as("%s", random).isEqualTo(best > 0 ? best : fewest);
        }
    }

    /** Otherwise a shard that stops answering would count as one whose entities have all stopped. */
    @Test
    void shardThatIsNotInALaterAnswerKeepsItsNumber() {
        ShardedLoad before = load(10, 20, 30);
        ShardedLoad later = new ShardedLoad(Map.of("0", 7, "3", 50), Set.of("1"));
        assertThat(before.updatedBy(later).total()).isEqualTo(57);
        assertThat(before.updatedBy(later).shards()).isEqualTo(3);
    }

    @Test
    void silentShardCountsAmongThoseThatTheLimitIsDealtOutTo() {
        ShardedLoad load = new ShardedLoad(Map.of("0", 7), Set.of("1", "2"));
        assertThat(load.shards()).isEqualTo(3);
        assertThat(load.isComplete()).isFalse();
        assertThat(load(7).isComplete()).isTrue();
    }

    private static ShardedLoad load(int... entitiesByShard) {
        Map<String, Integer> entities = new HashMap<>();
        for (int count : entitiesByShard) {
            entities.put(String.valueOf(entities.size()), count);
        }
        return new ShardedLoad(entities, Set.of());
    }
}
