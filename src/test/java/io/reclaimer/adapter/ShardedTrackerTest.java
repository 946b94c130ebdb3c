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
import io.reclaimer.ShrinkerMessage.Answer;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ObjectsCounted;
import io.reclaimer.ShrinkerMessage.ObjectsReparented;
import io.reclaimer.ShrinkerMessage.ObjectsScanned;
import io.reclaimer.ShrinkerMessage.ReparentObjects;
import io.reclaimer.ShrinkerMessage.ScanObjects;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The test plays the entities and their shard. {@link ShardedEntitiesTest} uses real ones. */
class ShardedTrackerTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(1);
    private static final Duration BACK_OFF = Duration.ofSeconds(60);
    private static final CgroupPath ROOT = CgroupPath.root();

    private ActorTestKit kit;
    private ManualTime time;
    private ActorRef<Object> tracker;
    private TestProbe<Answer> answers;
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
                    .onMessage(ShardedInterceptor.Ask.class, ask -> {
                        if (busy) {
                            waiting.ref().tell(ask.question());
                        } else if (ask.question().take()) {
                            asked.ref().tell(new Asked(id, ask.question().number));
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

    @BeforeEach
    void start() {
        kit = ActorTestKit.create(ManualTime.config());
        time = ManualTime.get(kit.system());
        tracker = spawn(true);
        answers = kit.createTestProbe();
        shard = kit.createTestProbe();
        asked = kit.createTestProbe();
        waiting = kit.createTestProbe();
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void coldestAreAskedFirst() {
        List<Entity> entities = entities(5);
        entities.get(0).use();
        entities.get(2).use();
        entities.get(1).use();
        scan(4);
        expectAsked(entities.get(3), entities.get(4), entities.get(0), entities.get(2));
        settle();
        asked.expectNoMessage(Duration.ZERO);
    }

    @Test
    void countIsHowManyCanBeAsked() {
        assertThat(count()).isEqualTo(Shrinker.EMPTY);
        List<Entity> entities = entities(3);
        assertThat(count()).isEqualTo(3);
        scan(2);
        assertThat(count()).isOne();
        entities.get(2).end();
        expectCount(0);
    }

    @Test
    void freedAreThoseThatWereSeenToEnd() {
        List<Entity> entities = entities(3);
        scan(2);
        List<Long> questions = expectAsked(entities.get(0), entities.get(1));
        for (int i = 0; i < 2; i++) {
            entities.get(i).answer(questions.get(i), true);
            entities.get(i).expectPassivated();
        }
        entities.get(0).end();
        settle();
        answers.expectNoMessage(Duration.ZERO);
        entities.get(1).end();
        assertThat(scanned()).isEqualTo(2);
        assertThat(count()).isOne();
    }

    @Test
    void busyEntityIsNotPassivatedAndHasItsNextTurnLast() {
        List<Entity> entities = entities(3);
        scan(1);
        entities.get(0).answer(entities.get(0).expectAsked(), false);
        assertThat(scanned()).isZero();
        assertThat(count()).isEqualTo(3);
        scan(3);
        expectAsked(entities.get(1), entities.get(2), entities.get(0));
        shard.expectNoMessage(Duration.ZERO);
        assertThat(hungStops.sum()).isZero();
    }

    @Test
    void stopThatHangsIsGivenUpAtTheDeadlineAndCounted() {
        List<Entity> entities = entities(3);
        scan(3);
        List<Long> questions = expectAsked(entities.get(0), entities.get(1), entities.get(2));
        entities.get(0).answer(questions.get(0), true);
        entities.get(0).end();
        entities.get(1).answer(questions.get(1), true);
        pass(STOP_DEADLINE);
        assertThat(scanned()).isOne();
        assertThat(hungStops.sum()).isEqualTo(2);
        assertThat(count()).isZero();
    }

    @Test
    void entityThatHungIsNotAskedUntilItsBackOffIsOver() {
        Entity entity = hung();
        scan(1);
        assertThat(scanned()).isEqualTo(Shrinker.STOP);
        pass(BACK_OFF);
        assertThat(count()).isOne();
        scan(1);
        entity.expectAsked();
    }

    @Test
    void entityThatHungIsAskedWhenItWasUsedAgain() {
        Entity entity = hung();
        assertThat(count()).isZero();
        entity.use();
        assertThat(count()).isOne();
        scan(1);
        entity.expectAsked();
    }

    /** The end of the first back-off must not end the second one. */
    @Test
    void entityThatHungTwiceHasAWholeBackOffTheSecondTime() {
        Entity entity = hung();
        pass(BACK_OFF.dividedBy(2));
        entity.use();
        scan(1);
        entity.expectAsked();
        pass(STOP_DEADLINE);
        scanned();
        pass(BACK_OFF.dividedBy(2));
        assertThat(count()).isZero();
        pass(BACK_OFF.dividedBy(2));
        assertThat(count()).isOne();
        assertThat(hungStops.sum()).isEqualTo(2);
    }

    /**
     * The entity's mailbox is long. If it were asked when it receives the question at last, it would stop for no scan.
     */
    @Test
    void entityThatHasNotComeToItsQuestionIsBusyAndTheQuestionIsWithdrawn() {
        List<Entity> entities = entities(3);
        entities.get(0).busy = true;
        scan(2);
        ShardedQuestion unread = waiting.receiveMessage(PATIENCE);
        entities.get(1).answer(expectAsked(entities.get(1)).get(0), true);
        entities.get(1).end();
        settle();
        pass(STOP_DEADLINE);
        assertThat(scanned()).isOne();
        assertThat(hungStops.sum()).isZero();
        assertThat(unread.take()).isFalse();
        assertThat(count()).isEqualTo(2);
        entities.get(0).busy = false;
        scan(2);
        expectAsked(entities.get(2), entities.get(0));
    }

    @Test
    void lateYesIsHeardButNotCounted() {
        Entity entity = entities(1).get(0);
        scan(1);
        long question = entity.expectAsked();
        pass(STOP_DEADLINE);
        assertThat(scanned()).isZero();
        entity.answer(question, true);
        entity.expectPassivated();
        entity.end();
        expectCount(Shrinker.EMPTY);
    }

    @Test
    void lateNoEndsTheBackOff() {
        Entity entity = entities(1).get(0);
        scan(1);
        long question = entity.expectAsked();
        pass(STOP_DEADLINE);
        scanned();
        entity.answer(question, false);
        assertThat(count()).isOne();
        scan(1);
        entity.expectAsked();
    }

    @Test
    void answerToAnEarlierQuestionIsIgnored() {
        Entity entity = entities(1).get(0);
        scan(1);
        long earlier = entity.expectAsked();
        entity.answer(earlier, false);
        scanned();
        scan(1);
        entity.expectAsked();
        entity.answer(earlier, true);
        entity.answer(earlier, false);
        settle();
        shard.expectNoMessage(Duration.ZERO);
        answers.expectNoMessage(Duration.ZERO);
    }

    @Test
    void answerOfAnEntityThatEndedIsIgnored() {
        Entity entity = entities(1).get(0);
        scan(1);
        long question = entity.expectAsked();
        entity.end();
        assertThat(scanned()).isOne();
        entity.answer(question, true);
        settle();
        shard.expectNoMessage(Duration.ZERO);
    }

    @Test
    void secondNoToOneQuestionChangesNothing() {
        List<Entity> entities = entities(2);
        scan(1);
        long question = entities.get(0).expectAsked();
        entities.get(0).answer(question, false);
        entities.get(0).answer(question, false);
        assertThat(scanned()).isZero();
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void scansAtOnceAskDifferentEntities() {
        List<Entity> entities = entities(3);
        scan(2);
        scan(2);
        expectAsked(entities.get(0), entities.get(1), entities.get(2));
        entities.get(2).end();
        assertThat(scanned()).isOne();
        entities.get(0).end();
        entities.get(1).end();
        assertThat(scanned()).isEqualTo(2);
    }

    @Test
    void restartOfAnEntityKeepsItAsOne() {
        Entity entity = entities(1).get(0);
        entity.start();
        assertThat(count()).isOne();
        entity.end();
        expectCount(Shrinker.EMPTY);
    }

    @Test
    void withoutAQuestionEntitiesArePassivatedAtOnce() {
        tracker = spawn(false);
        Entity entity = entities(1).get(0);
        scan(1);
        entity.expectPassivated();
        entity.end();
        assertThat(scanned()).isOne();
        asked.expectNoMessage(Duration.ZERO);
    }

    @Test
    void nothingMovesToAParent() {
        tracker.tell(new ReparentObjects(CgroupPath.of("/a"), ROOT, 0, 7, answers.ref()));
        assertThat(answers.receiveMessage(PATIENCE)).isEqualTo(new ObjectsReparented(7, 0));
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
            entity.tell(new ShardedInterceptor.Ask(new ShardedQuestion(1)));
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
            scan(2);
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

    /** Waits until the tracker has seen an end, which a test can't observe. */
    private void expectCount(long expected) {
        answers.awaitAssert(PATIENCE, () -> {
            assertThat(count()).isEqualTo(expected);
            return null;
        });
    }

    private Entity hung() {
        Entity entity = entities(1).get(0);
        scan(1);
        entity.expectAsked();
        pass(STOP_DEADLINE);
        assertThat(scanned()).isZero();
        return entity;
    }

    private ActorRef<Object> spawn(boolean asking) {
        return kit.spawn(ShardedTracker.create("carts", asking, STOP_DEADLINE, BACK_OFF, hungStops));
    }

    private List<Entity> entities(int count) {
        List<Entity> entities = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entities.add(new Entity("cart " + i));
        }
        return entities;
    }

    private long count() {
        TestProbe<Answer> probe = kit.createTestProbe();
        tracker.tell(new CountObjects(ROOT, 0, Set.of(), 7, probe.ref()));
        return probe.expectMessageClass(ObjectsCounted.class, PATIENCE).objects();
    }

    private void scan(long objects) {
        tracker.tell(new ScanObjects(ROOT, 0, objects, Set.of(), 8, answers.ref()));
    }

    private long scanned() {
        return answers.expectMessageClass(ObjectsScanned.class, PATIENCE).freed();
    }

    private void settle() {
        count();
    }

    /** Lets time pass. Returns when all messages from before, and those of timers that it triggers, are handled. */
    private void pass(Duration duration) {
        settle();
        time.timePasses(duration);
        settle();
    }
}
