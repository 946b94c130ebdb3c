package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.sharding.ShardRegion.GetShardRegionStats$;
import akka.cluster.sharding.ShardRegion.SetActiveEntityLimit;
import akka.cluster.sharding.ShardRegion.ShardRegionStats;
import akka.testkit.javadsl.TestKit;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.adapter.ShardedLimit.Settings;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The test plays the region, which may be late, be silent or ignore its limit. {@link ShardedRegionIT} uses real
 * ones.
 */
class ShardedLimitTest {

    private static final Duration PATIENCE = ShrinkerCaller.PATIENCE;
    private static final CgroupPath ROOT = CgroupPath.root();
    private static final Settings SETTINGS = Settings.of(640);

    private static ActorTestKit kit;
    private static ManualTime time;

    private TestKit region;
    private ActorRef<ShrinkerMessage> actor;
    private ShrinkerCaller limit;

    @BeforeAll
    static void startSystem() {
        kit = ActorTestKit.create(ManualTime.config());
        time = ManualTime.get(kit.system());
    }

    @AfterAll
    static void stopSystem() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void start() {
        region = new TestKit(Adapter.toClassic(kit.system()));
        actor = kit.spawn(ShardedLimit.create(Adapter.toTyped(region.getRef()), SETTINGS));
        limit = new ShrinkerCaller(kit, actor);
    }

    /** Its timers would otherwise write to the log during later tests. */
    @AfterEach
    void stop() {
        kit.stop(actor, PATIENCE);
    }

    @Test
    void countIsWhatTheShardsHaveAboveTheLeast() {
        limit.startCount();
        regionHas(5, 7, 1);
        assertThat(limit.counted()).isEqualTo(10);
        pass(ShardedLimit.OUTDATED_AFTER);
        limit.startCount();
        regionHas();
        assertThat(limit.counted()).isZero();
    }

    @Test
    void regionIsAskedOnceASecondAtMostForCounts() {
        limit.startCount();
        regionHas(6);
        assertThat(limit.counted()).isEqualTo(5);
        limit.startCount();
        limit.startCount();
        assertThat(limit.counted()).isEqualTo(5);
        assertThat(limit.counted()).isEqualTo(5);
        assertThat(region.msgAvailable()).isFalse();
        pass(ShardedLimit.OUTDATED_AFTER);
        limit.startCount();
        regionHas(7);
        assertThat(limit.counted()).isEqualTo(6);
    }

    @Test
    void scanLowersTheLimitAndAnswersWhatStopped() {
        limit.startScan(20);
        regionHas(100, 100);
        assertThat(limitSet()).isEqualTo(180);
        poll(100, 95);
        poll(90, 90);
        assertThat(limit.freed()).isEqualTo(20);
    }

    /** Entities that started meanwhile are no freed ones. */
    @ParameterizedTest
    @CsvSource({"97, 100, 3", "100, 110, 0"})
    void scanAnswersAtTheDeadlineWhatStoppedUntilThen(int first, int second, long freed) {
        limit.startScan(20);
        regionHas(100, 100);
        assertThat(limitSet()).isEqualTo(180);
        poll(first, second);
        pass(SETTINGS.stopDeadline());
        assertThat(limit.freed()).isEqualTo(freed);
    }

    @Test
    void limitThatStopsNothingIsWarnedOfOnce() {
        LoggingTestKit.warn("Has it a strategy with a limit").withOccurrences(1).expect(kit.system(), () -> {
            for (int i = 0; i < 2; i++) {
                limit.startScan(20);
                regionHas(100, 100);
                limitSet();
                pass(SETTINGS.stopDeadline());
                assertThat(limit.freed()).isZero();
                drainPolls();
            }
            return null;
        });
    }

    @Test
    void noShardIsLeftWithoutAnEntity() {
        limit.startScan(1000);
        regionHas(3, 2, 1);
        assertThat(limitSet()).isEqualTo(3);
        poll(1, 1, 1);
        assertThat(limit.freed()).isEqualTo(3);
        limit.startScan(1000);
        regionHas(1, 1, 1);
        assertThat(limit.freed()).isEqualTo(Shrinker.STOP);
    }

    /** The region's shards are uneven, so the limit computed for the second scan would be higher than the first. */
    @Test
    void limitIsNeverRaisedByAScan() {
        limit.startScan(40);
        regionHas(100, 100);
        assertThat(limitSet()).isEqualTo(160);
        poll(80, 80);
        assertThat(limit.freed()).isEqualTo(40);
        limit.startScan(1);
        regionHas(90, 0);
        assertThat(limitSet()).isEqualTo(160);
    }

    @Test
    void limitGrowsBackInSmallStepsAfterAWhile() {
        limit.startScan(2000);
        regionHas(20);
        assertThat(limitSet()).isOne();
        poll(1);
        assertThat(limit.freed()).isEqualTo(19);
        pass(SETTINGS.growAfter());
        assertThat(region.msgAvailable()).isFalse();
        pass(SETTINGS.growInterval());
        assertThat(limitSet()).isEqualTo(11);
        assertThat(region.msgAvailable()).isFalse();
        pass(SETTINGS.growInterval().multipliedBy(ShardedLimit.STEPS - 1));
        for (int step = 2; step < ShardedLimit.STEPS; step++) {
            assertThat(limitSet()).isEqualTo(1 + 10 * step);
        }
        assertThat(limitSet()).isEqualTo(640);
        pass(Duration.ofMinutes(10));
        assertThat(region.msgAvailable()).isFalse();
    }

    /** Under steady pressure the limit would otherwise only ever be lowered. */
    @Test
    void limitGrowsBetweenScansToo() {
        limit.startScan(10);
        regionHas(100);
        assertThat(limitSet()).isEqualTo(90);
        poll(90);
        limit.freed();
        pass(SETTINGS.growAfter());
        pass(SETTINGS.growInterval());
        assertThat(limitSet()).isEqualTo(100);
        limit.startScan(10);
        regionHas(95);
        assertThat(limitSet()).isEqualTo(85);
        poll(85);
        limit.freed();
        pass(SETTINGS.growInterval());
        assertThat(limitSet()).isEqualTo(95);
    }

    @Test
    void callsWaitForOneAnother() {
        limit.startScan(10);
        limit.startCount();
        regionHas(100);
        assertThat(limitSet()).isEqualTo(90);
        poll(90);
        assertThat(limit.freed()).isEqualTo(10);
        assertThat(limit.counted()).isEqualTo(89);
    }

    @Test
    void regionThatDoesNotAnswerEndsTheCall() {
        LoggingTestKit.warn("did not say").withOccurrences(2).expect(kit.system(), () -> {
            limit.startCount();
            region.expectMsgClass(GetShardRegionStats$.class);
            pass(ShardedLimit.QUERY_DEADLINE);
            assertThat(limit.counted()).as("not known, so not nothing").isOne();
            limit.startScan(10);
            region.expectMsgClass(GetShardRegionStats$.class);
            pass(ShardedLimit.QUERY_DEADLINE);
            assertThat(limit.freed()).isEqualTo(Shrinker.STOP);
            return null;
        });
        limit.startCount();
        regionHas(3);
        assertThat(limit.counted()).isEqualTo(2);
    }

    /** The region would divide the limit among all shards, and an unknown number of entities would stop. */
    @Test
    void noLimitIsSetWhileAShardDoesNotSayHowManyItHas() {
        LoggingTestKit.warn("did not say how many entities they have")
                .withOccurrences(2)
                .expect(kit.system(), () -> {
                    for (int i = 0; i < 2; i++) {
                        limit.startScan(10);
                        regionHas(Set.of("1", "2", "3"), 100);
                        assertThat(limit.freed()).isEqualTo(Shrinker.STOP);
                        assertThat(region.msgAvailable()).isFalse();
                    }
                    limit.startScan(10);
                    regionHas(100, 100);
                    assertThat(limitSet()).isEqualTo(190);
                    poll(95, 95);
                    assertThat(limit.freed()).isEqualTo(10);
                    limit.startScan(10);
                    regionHas(Set.of("1"), 100);
                    assertThat(limit.freed()).isEqualTo(Shrinker.STOP);
                    return null;
                });
    }

    @Test
    void silentShardsCountAsSomethingAndNeverAsNothing() {
        limit.startCount();
        regionHas(Set.of("0", "1"));
        assertThat(limit.counted()).isOne();
        pass(ShardedLimit.OUTDATED_AFTER);
        limit.startCount();
        regionHas(Set.of("1"), 6);
        assertThat(limit.counted()).isEqualTo(5);
    }

    @Test
    void shardThatFallsSilentOrGoesAwayDuringAScanHasStoppedNothing() {
        limit.startScan(20);
        regionHas(100, 100, 100);
        assertThat(limitSet()).isEqualTo(282);
        poll(95, 100, 100);
        pass(ShardedLimit.FIRST_POLL.multipliedBy(4));
        regionHas(Set.of("0", "1"));
        pass(SETTINGS.stopDeadline());
        assertThat(limit.freed()).isEqualTo(5);
    }

    @Test
    void nothingMovesToAParent() {
        assertThat(limit.reparent(CgroupPath.of("/a"), ROOT)).isZero();
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> Settings.of(0)).hasMessageContaining("limit is [0]");
        assertThatThrownBy(() -> new Settings(10, 11, PATIENCE, PATIENCE, PATIENCE))
                .hasMessageContaining("minPerShard is [11]");
        assertThatThrownBy(() -> new Settings(10, 1, PATIENCE, Duration.ZERO, PATIENCE))
                .hasMessageContaining("PT0S");
    }

    /** Answers the region's next query. */
    private void regionHas(int... entitiesByShard) {
        regionHas(Set.of(), entitiesByShard);
    }

    /** Answers the region's next query; the {@code silent} shards did not answer the region. */
    private void regionHas(Set<String> silent, int... entitiesByShard) {
        region.expectMsgClass(PATIENCE, GetShardRegionStats$.class);
        Map<String, Object> stats = IntStream.range(0, entitiesByShard.length)
                .boxed()
                .collect(Collectors.toMap(String::valueOf, shard -> entitiesByShard[shard]));
        region.reply(new ShardRegionStats(
                scala.collection.immutable.Map.from(CollectionConverters.asScala(stats)),
                scala.collection.immutable.Set.from(CollectionConverters.asScala(silent))));
    }

    private int limitSet() {
        return region.expectMsgClass(PATIENCE, SetActiveEntityLimit.class).perRegionLimit();
    }

    /** Lets the shrinker's next query find these entities. */
    private void poll(int... entitiesByShard) {
        pass(ShardedLimit.FIRST_POLL.multipliedBy(2));
        regionHas(entitiesByShard);
    }

    /** Lets time pass. Returns when all messages from before, and those of timers that it triggers, are handled. */
    private void pass(Duration duration) {
        settle();
        time.timePasses(duration);
        settle();
    }

    private void settle() {
        limit.reparent(ROOT, ROOT);
    }

    private void drainPolls() {
        settle();
        while (region.msgAvailable()) {
            region.receiveOne(Duration.ZERO);
        }
    }
}
