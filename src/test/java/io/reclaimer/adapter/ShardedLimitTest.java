package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.sharding.ShardRegion.GetShardRegionStats$;
import akka.cluster.sharding.ShardRegion.SetActiveEntityLimit;
import akka.cluster.sharding.ShardRegion.ShardRegionStats;
import akka.testkit.javadsl.TestKit;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.ShrinkerMessage.Answer;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ObjectsCounted;
import io.reclaimer.ShrinkerMessage.ObjectsReparented;
import io.reclaimer.ShrinkerMessage.ObjectsScanned;
import io.reclaimer.ShrinkerMessage.ReparentObjects;
import io.reclaimer.ShrinkerMessage.ScanObjects;
import io.reclaimer.adapter.ShardedLimit.Settings;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The test plays the region, which may be late, be silent or ignore its limit. {@link ShardedRegionIT} uses real
 * ones.
 */
class ShardedLimitTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final CgroupPath ROOT = CgroupPath.root();
    private static final Settings SETTINGS = Settings.of(640);

    private ActorTestKit kit;
    private ManualTime time;
    private TestKit region;
    private ActorRef<ShrinkerMessage> limit;
    private TestProbe<Answer> answers;

    @BeforeEach
    void start() {
        kit = ActorTestKit.create(ManualTime.config());
        time = ManualTime.get(kit.system());
        region = new TestKit(Adapter.toClassic(kit.system()));
        limit = kit.spawn(ShardedLimit.create(Adapter.toTyped(region.getRef()), SETTINGS));
        answers = kit.createTestProbe();
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void countIsWhatTheShardsHaveAboveTheLeast() {
        count();
        regionHas(5, 7, 1);
        assertThat(counted()).isEqualTo(10);
    }

    @Test
    void regionWithoutEntitiesHasNothingToSay() {
        count();
        regionHas();
        assertThat(counted()).isZero();
    }

    @Test
    void regionIsAskedOnceASecondAtMostForCounts() {
        count();
        regionHas(6);
        assertThat(counted()).isEqualTo(5);
        count();
        count();
        assertThat(counted()).isEqualTo(5);
        assertThat(counted()).isEqualTo(5);
        assertThat(region.msgAvailable()).isFalse();
        pass(ShardedLimit.STALE_AFTER);
        count();
        regionHas(7);
        assertThat(counted()).isEqualTo(6);
    }

    @Test
    void scanLowersTheLimitAndAnswersWhatStopped() {
        scan(20);
        regionHas(100, 100);
        assertThat(limitSet()).isEqualTo(180);
        look(100, 95);
        look(90, 90);
        assertThat(scanned().freed()).isEqualTo(20);
    }

    @Test
    void scanAnswersAtTheDeadlineWhatStoppedUntilThen() {
        scan(20);
        regionHas(100, 100);
        assertThat(limitSet()).isEqualTo(180);
        look(97, 100);
        pass(SETTINGS.stopDeadline());
        assertThat(scanned().freed()).isEqualTo(3);
    }

    @Test
    void entitiesThatCameMeanwhileAreNotFreedOnes() {
        scan(20);
        regionHas(100, 100);
        limitSet();
        look(100, 110);
        pass(SETTINGS.stopDeadline());
        assertThat(scanned().freed()).isZero();
    }

    @Test
    void limitThatStopsNothingIsWarnedOfOnce() {
        LoggingTestKit.warn("Has it a strategy with a limit").withOccurrences(1).expect(kit.system(), () -> {
            for (int i = 0; i < 2; i++) {
                scan(20);
                regionHas(100, 100);
                limitSet();
                pass(SETTINGS.stopDeadline());
                assertThat(scanned().freed()).isZero();
                drainLooks();
            }
            return null;
        });
    }

    @Test
    void noShardIsLeftWithoutAnEntity() {
        scan(1000);
        regionHas(3, 2, 1);
        assertThat(limitSet()).isEqualTo(3);
        look(1, 1, 1);
        assertThat(scanned().freed()).isEqualTo(3);
        scan(1000);
        regionHas(1, 1, 1);
        assertThat(scanned().freed()).isEqualTo(Shrinker.STOP);
    }

    /** The region's shards are uneven, so the limit computed for the second scan would be higher than the first. */
    @Test
    void limitIsNeverRaisedByAScan() {
        scan(40);
        regionHas(100, 100);
        assertThat(limitSet()).isEqualTo(160);
        look(80, 80);
        assertThat(scanned().freed()).isEqualTo(40);
        scan(1);
        regionHas(90, 0);
        assertThat(limitSet()).isEqualTo(160);
    }

    @Test
    void limitGrowsBackInSmallStepsAfterAWhile() {
        scan(2000);
        regionHas(20);
        assertThat(limitSet()).isOne();
        look(1);
        assertThat(scanned().freed()).isEqualTo(19);
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
        scan(10);
        regionHas(100);
        assertThat(limitSet()).isEqualTo(90);
        look(90);
        scanned();
        pass(SETTINGS.growAfter());
        pass(SETTINGS.growInterval());
        assertThat(limitSet()).isEqualTo(100);
        scan(10);
        regionHas(95);
        assertThat(limitSet()).isEqualTo(85);
        look(85);
        scanned();
        pass(SETTINGS.growInterval());
        assertThat(limitSet()).isEqualTo(95);
    }

    @Test
    void callsWaitForOneAnother() {
        scan(10);
        count();
        regionHas(100);
        assertThat(limitSet()).isEqualTo(90);
        look(90);
        assertThat(scanned().freed()).isEqualTo(10);
        assertThat(counted()).isEqualTo(89);
    }

    @Test
    void regionThatDoesNotAnswerEndsTheCall() {
        LoggingTestKit.warn("did not say").withOccurrences(2).expect(kit.system(), () -> {
            count();
            region.expectMsgClass(GetShardRegionStats$.class);
            pass(ShardedLimit.QUERY_DEADLINE);
            assertThat(counted()).as("not known, so not nothing").isOne();
            scan(10);
            region.expectMsgClass(GetShardRegionStats$.class);
            pass(ShardedLimit.QUERY_DEADLINE);
            assertThat(scanned().freed()).isEqualTo(Shrinker.STOP);
            return null;
        });
        count();
        regionHas(3);
        assertThat(counted()).isEqualTo(2);
    }

    /** The region would divide the limit among all shards, and an unknown number of entities would stop. */
    @Test
    void noLimitIsSetWhileAShardDoesNotSayHowManyItHas() {
        LoggingTestKit.warn("did not say how many entities they have")
                .withOccurrences(2)
                .expect(kit.system(), () -> {
                    for (int i = 0; i < 2; i++) {
                        scan(10);
                        regionHas(Set.of("1", "2", "3"), 100);
                        assertThat(scanned().freed()).isEqualTo(Shrinker.STOP);
                        assertThat(region.msgAvailable()).isFalse();
                    }
                    scan(10);
                    regionHas(100, 100);
                    assertThat(limitSet()).isEqualTo(190);
                    look(95, 95);
                    assertThat(scanned().freed()).isEqualTo(10);
                    scan(10);
                    regionHas(Set.of("1"), 100);
                    assertThat(scanned().freed()).isEqualTo(Shrinker.STOP);
                    return null;
                });
    }

    @Test
    void silentShardsCountAsSomethingAndNeverAsNothing() {
        count();
        regionHas(Set.of("0", "1"));
        assertThat(counted()).isOne();
        pass(ShardedLimit.STALE_AFTER);
        count();
        regionHas(Set.of("1"), 6);
        assertThat(counted()).isEqualTo(5);
    }

    @Test
    void shardThatFallsSilentOrGoesAwayDuringAScanHasStoppedNothing() {
        scan(20);
        regionHas(100, 100, 100);
        assertThat(limitSet()).isEqualTo(282);
        look(95, 100, 100);
        pass(ShardedLimit.FIRST_LOOK.multipliedBy(4));
        regionHas(Set.of("0", "1"));
        pass(SETTINGS.stopDeadline());
        assertThat(scanned().freed()).isEqualTo(5);
    }

    @Test
    void nothingMovesToAParent() {
        limit.tell(new ReparentObjects(CgroupPath.of("/a"), ROOT, 0, 7, answers.ref()));
        assertThat(answers.receiveMessage(PATIENCE)).isEqualTo(new ObjectsReparented(7, 0));
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> Settings.of(0)).hasMessageContaining("limit is [0]");
        assertThatThrownBy(() -> new Settings(10, 11, PATIENCE, PATIENCE, PATIENCE))
                .hasMessageContaining("leastPerShard is [11]");
        assertThatThrownBy(() -> new Settings(10, 1, PATIENCE, Duration.ZERO, PATIENCE))
                .hasMessageContaining("PT0S");
    }

    private void count() {
        limit.tell(new CountObjects(ROOT, 0, Set.of(), 7, answers.ref()));
    }

    private long counted() {
        ObjectsCounted counted = answers.expectMessageClass(ObjectsCounted.class, PATIENCE);
        assertThat(counted.call()).isEqualTo(7);
        return counted.objects();
    }

    private void scan(long objects) {
        limit.tell(new ScanObjects(ROOT, 0, objects, Set.of(), 8, answers.ref()));
    }

    private ObjectsScanned scanned() {
        ObjectsScanned scanned = answers.expectMessageClass(ObjectsScanned.class, PATIENCE);
        assertThat(scanned.call()).isEqualTo(8);
        return scanned;
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
    private void look(int... entitiesByShard) {
        pass(ShardedLimit.FIRST_LOOK.multipliedBy(2));
        regionHas(entitiesByShard);
    }

    /** Lets time pass. Returns when all messages from before, and those of timers that it triggers, are handled. */
    private void pass(Duration duration) {
        settle();
        time.timePasses(duration);
        settle();
    }

    private void settle() {
        TestProbe<Answer> probe = kit.createTestProbe();
        limit.tell(new ReparentObjects(ROOT, ROOT, 0, 0, probe.ref()));
        probe.receiveMessage(PATIENCE);
    }

    private void drainLooks() {
        settle();
        while (region.msgAvailable()) {
            region.receiveOne(Duration.ZERO);
        }
    }
}
