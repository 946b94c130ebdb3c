package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.ClusterSharding.Passivate;
import akka.cluster.sharding.typed.javadsl.ClusterSharding.ShardCommand;
import akka.cluster.sharding.typed.javadsl.EntityContext;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The test plays the entities and their shard. {@link ShardedEntitiesTest} uses real ones. */
class ShardedTrackerTest {

    private static final Duration PATIENCE = ShrinkerCaller.PATIENCE;
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(1);
    private static final Duration BACK_OFF = Duration.ofSeconds(60);

    private static ActorTestKit kit;
    private static ManualTime time;

    private ActorRef<Object> tracker;
    private ShrinkerCaller shrinker;
    private TestProbe<ShardCommand> shard;
    private TestProbe<Asked> asked;

    /** Questions in the mailboxes of busy entities. */
    private TestProbe<ShardedQuestion> waiting;

    private final LongAdder hungStops = new LongAdder();

    private record Asked(String id, long question) {}

    /** An entity that only reports its questions. While it is busy it does not receive them. */
    private final class Entity {

        private volatile boolean busy;
        private final String id;
        private final ShardedUse use = new ShardedUse();
        private final ActorRef<Object> ref;

        private Entity(String id) {
            this.id = id;
            this.ref = kit.spawn(Behaviors.receive(Object.class)
                    .onMessage(ShardedQuestion.class, question -> {
                        if (busy) {
                            waiting.ref().tell(question);
                        } else if (question.take()) {
                            asked.ref().tell(new Asked(id, question.number));
                        }
                        return Behaviors.same();
                    })
                    .build());
            start();
        }

        void start() {
            tracker.tell(new ShardedTracker.Started(id, ref, shard.ref(), use));
        }

        void use() {
            use.note();
        }

        long expectAsked() {
            return ShardedTrackerTest.this.expectAsked(this).get(0);
        }

        void answer(long question, boolean mayStop) {
            tracker.tell(new ShardedTracker.Answered(ref, question, mayStop));
        }

        void expectPassivated() {
            Passivate<?> message = (Passivate<?>) shard.receiveMessage(PATIENCE);
            assertThat(message.entity()).isEqualTo(ref);
        }

        void end() {
            kit.stop(ref, PATIENCE);
        }
    }

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
        track(true);
        shard = kit.createTestProbe();
        asked = kit.createTestProbe();
        waiting = kit.createTestProbe();
    }

    @Test
    void coldestAreAskedFirst() {
        List<Entity> entities = entities(5);
        entities.get(0).use();
        entities.get(2).use();
        entities.get(1).use();
        shrinker.startScan(4);
        expectAsked(entities.get(3), entities.get(4), entities.get(0), entities.get(2));
        settle();
        asked.expectNoMessage(Duration.ZERO);
    }

    @Test
    void countIsHowManyCanBeAsked() {
        assertThat(shrinker.count()).isEqualTo(Shrinker.EMPTY);
        List<Entity> entities = entities(3);
        assertThat(shrinker.count()).isEqualTo(3);
        shrinker.startScan(2);
        assertThat(shrinker.count()).isOne();
        entities.get(2).end();
        shrinker.awaitCount(0);
    }

    @Test
    void freedAreThoseThatWereSeenToEnd() {
        List<Entity> entities = entities(3);
        shrinker.startScan(2);
        List<Long> questions = expectAsked(entities.get(0), entities.get(1));
        for (int i = 0; i < 2; i++) {
            entities.get(i).answer(questions.get(i), true);
            entities.get(i).expectPassivated();
        }
        entities.get(0).end();
        settle();
        shrinker.expectNoAnswer();
        entities.get(1).end();
        assertThat(shrinker.freed()).isEqualTo(2);
        assertThat(shrinker.count()).isOne();
    }

    @Test
    void busyEntityIsNotPassivatedAndHasItsNextTurnLast() {
        List<Entity> entities = entities(3);
        shrinker.startScan(1);
        entities.get(0).answer(entities.get(0).expectAsked(), false);
        assertThat(shrinker.freed()).isZero();
        assertThat(shrinker.count()).isEqualTo(3);
        shrinker.startScan(3);
        expectAsked(entities.get(1), entities.get(2), entities.get(0));
        shard.expectNoMessage(Duration.ZERO);
        assertThat(hungStops.sum()).isZero();
    }

    @Test
    void stopThatHangsIsGivenUpAtTheDeadlineAndCounted() {
        List<Entity> entities = entities(3);
        shrinker.startScan(3);
        List<Long> questions = expectAsked(entities.get(0), entities.get(1), entities.get(2));
        entities.get(0).answer(questions.get(0), true);
        entities.get(0).end();
        entities.get(1).answer(questions.get(1), true);
        pass(STOP_DEADLINE);
        assertThat(shrinker.freed()).isOne();
        assertThat(hungStops.sum()).isEqualTo(2);
        assertThat(shrinker.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void entityThatHungIsAskedWhenItsBackOffIsOverOrItWasUsedAgain(boolean used) {
        Entity entity = hung();
        assertThat(shrinker.count()).isZero();
        assertThat(shrinker.scan(1)).isEqualTo(Shrinker.STOP);
        if (used) {
            entity.use();
        } else {
            pass(BACK_OFF);
        }
        assertThat(shrinker.count()).isOne();
        shrinker.startScan(1);
        entity.expectAsked();
    }

    /** The end of the first back-off must not end the second one. */
    @Test
    void entityThatHungTwiceHasAWholeBackOffTheSecondTime() {
        Entity entity = hung();
        pass(BACK_OFF.dividedBy(2));
        entity.use();
        shrinker.startScan(1);
        entity.expectAsked();
        pass(STOP_DEADLINE);
        shrinker.freed();
        pass(BACK_OFF.dividedBy(2));
        assertThat(shrinker.count()).isZero();
        pass(BACK_OFF.dividedBy(2));
        assertThat(shrinker.count()).isOne();
        assertThat(hungStops.sum()).isEqualTo(2);
    }

    /**
     * The entity's mailbox is long. If it were asked when it receives the question at last, it would stop for no scan.
     */
    @Test
    void entityThatHasNotComeToItsQuestionIsBusyAndTheQuestionIsWithdrawn() {
        List<Entity> entities = entities(3);
        entities.get(0).busy = true;
        shrinker.startScan(2);
        ShardedQuestion unread = waiting.receiveMessage(PATIENCE);
        entities.get(1).answer(expectAsked(entities.get(1)).get(0), true);
        entities.get(1).end();
        settle();
        pass(STOP_DEADLINE);
        assertThat(shrinker.freed()).isOne();
        assertThat(hungStops.sum()).isZero();
        assertThat(unread.take()).isFalse();
        assertThat(shrinker.count()).isEqualTo(2);
        entities.get(0).busy = false;
        shrinker.startScan(2);
        expectAsked(entities.get(2), entities.get(0));
    }

    @Test
    void lateYesIsHeardButNotCounted() {
        Entity entity = entities(1).get(0);
        shrinker.startScan(1);
        long question = entity.expectAsked();
        pass(STOP_DEADLINE);
        assertThat(shrinker.freed()).isZero();
        entity.answer(question, true);
        entity.expectPassivated();
        entity.end();
        shrinker.awaitCount(Shrinker.EMPTY);
    }

    @Test
    void lateNoEndsTheBackOff() {
        Entity entity = entities(1).get(0);
        shrinker.startScan(1);
        long question = entity.expectAsked();
        pass(STOP_DEADLINE);
        shrinker.freed();
        entity.answer(question, false);
        assertThat(shrinker.count()).isOne();
        shrinker.startScan(1);
        entity.expectAsked();
    }

    @Test
    void answerToAnEarlierQuestionIsIgnored() {
        Entity entity = entities(1).get(0);
        shrinker.startScan(1);
        long earlier = entity.expectAsked();
        entity.answer(earlier, false);
        shrinker.freed();
        shrinker.startScan(1);
        entity.expectAsked();
        entity.answer(earlier, true);
        entity.answer(earlier, false);
        settle();
        shard.expectNoMessage(Duration.ZERO);
        shrinker.expectNoAnswer();
    }

    @Test
    void answerOfAnEntityThatEndedIsIgnored() {
        Entity entity = entities(1).get(0);
        shrinker.startScan(1);
        long question = entity.expectAsked();
        entity.end();
        assertThat(shrinker.freed()).isOne();
        entity.answer(question, true);
        settle();
        shard.expectNoMessage(Duration.ZERO);
    }

    @Test
    void secondNoToOneQuestionChangesNothing() {
        List<Entity> entities = entities(2);
        shrinker.startScan(1);
        long question = entities.get(0).expectAsked();
        entities.get(0).answer(question, false);
        entities.get(0).answer(question, false);
        assertThat(shrinker.freed()).isZero();
        assertThat(shrinker.count()).isEqualTo(2);
    }

    @Test
    void scansAtOnceAskDifferentEntities() {
        List<Entity> entities = entities(3);
        shrinker.startScan(2);
        shrinker.startScan(2);
        expectAsked(entities.get(0), entities.get(1), entities.get(2));
        entities.get(2).end();
        assertThat(shrinker.freed()).isOne();
        entities.get(0).end();
        entities.get(1).end();
        assertThat(shrinker.freed()).isEqualTo(2);
    }

    @Test
    void restartOfAnEntityKeepsItAsOne() {
        Entity entity = entities(1).get(0);
        entity.start();
        assertThat(shrinker.count()).isOne();
        entity.end();
        shrinker.awaitCount(Shrinker.EMPTY);
    }

    @Test
    void withoutAQuestionEntitiesArePassivatedAtOnce() {
        track(false);
        Entity entity = entities(1).get(0);
        shrinker.startScan(1);
        entity.expectPassivated();
        entity.end();
        assertThat(shrinker.freed()).isOne();
        asked.expectNoMessage(Duration.ZERO);
    }

    @Test
    void nothingMovesToAParent() {
        assertThat(shrinker.reparent(CgroupPath.of("/a"), CgroupPath.root())).isZero();
    }

    @Test
    void questionThatIsNullIsSaidToBe() {
        ActorRef<Object> entity = kit.spawn(Behaviors.intercept(
                () -> new ShardedInterceptor<String>(
                        new EntityContext<>(EntityTypeKey.create(String.class, "cart"), "cart 0", shard.ref()),
                        tracker,
                        asked -> null),
                Behaviors.empty()));
        LoggingTestKit.error("made no message for entity [cart 0] but null").expect(kit.system(), () -> {
            entity.tell(new ShardedQuestion(1));
            return null;
        });
    }

    /** Each use moves the entity to a new place; a scan must not move it endlessly. */
    @Test
    void entityThatIsUsedAllTheTimeIsAskedLast() throws Exception {
        List<Entity> entities = entities(2);
        entities.get(0).use();
        Thread user = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                entities.get(0).use();
            }
        });
        user.start();
        try {
            shrinker.startScan(2);
            expectAsked(entities.get(1), entities.get(0));
        } finally {
            user.interrupt();
            user.join();
        }
    }

    /** Expects exactly these entities to be asked, in this order. Their messages arrive in any order. */
    private List<Long> expectAsked(Entity... inOrder) {
        List<Asked> all = new ArrayList<>(asked.receiveSeveralMessages(inOrder.length, PATIENCE));
        all.sort(Comparator.comparingLong(Asked::question));
        assertThat(all)
                .extracting(Asked::id)
                .containsExactly(Arrays.stream(inOrder).map(entity -> entity.id).toArray(String[]::new));
        return all.stream().map(Asked::question).toList();
    }

    private Entity hung() {
        Entity entity = entities(1).get(0);
        shrinker.startScan(1);
        entity.expectAsked();
        pass(STOP_DEADLINE);
        assertThat(shrinker.freed()).isZero();
        return entity;
    }

    private void track(boolean asking) {
        tracker = kit.spawn(ShardedTracker.create("carts", asking, STOP_DEADLINE, BACK_OFF, hungStops));
        shrinker = new ShrinkerCaller(kit, tracker);
    }

    private List<Entity> entities(int count) {
        List<Entity> entities = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entities.add(new Entity("cart " + i));
        }
        return entities;
    }

    private void settle() {
        shrinker.count();
    }

    /** Lets time pass. Returns when all messages from before, and those of timers that it triggers, are handled. */
    private void pass(Duration duration) {
        settle();
        time.timePasses(duration);
        settle();
    }
}
