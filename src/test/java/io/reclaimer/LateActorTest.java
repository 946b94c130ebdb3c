package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ReparentObjects;
import io.reclaimer.ShrinkerMessage.ScanObjects;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerTestKit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An actor with a long mailbox answers late. That is no fault as long as it may still come to the message. In virtual
 * time.
 */
class LateActorTest {

    private static final int OBJECTS = 10;

    private final ReclaimerTestKit kit =
            ReclaimerTestKit.with("reclaimer { call-deadline = 2s, quarantine { after-faults = 2, duration = 1h } }");

    /** How the actor handles its messages. */
    private enum Mood {
        ANSWERS,
        /** Messages stay in the mailbox. */
        BUSY,
        /** Messages are lost, as by a restart. */
        FORGETS,
        FORGETS_SCANS,
        STOPS
    }

    private Mood mood = Mood.BUSY;

    /** Messages that are not handled yet, the oldest first. Confined to the thread of the test. */
    private final Deque<ShrinkerMessage> mailbox = new ArrayDeque<>();

    private final Cgroup shop = kit.online("/shop");
    private final ShrinkerHandle handle = register();

    @AfterEach
    void close() {
        kit.close();
    }

    @Test
    void actorWithALongMailboxIsLateAndVisitedAgainWhenItAnswers() {
        for (int i = 0; i < 7; i++) {
            ReclaimReport report = pass();
            assertThat(report.freedObjects()).isZero();
            assertThat(report.shortfalls()).containsOnlyKeys(Shortfall.STUCK);
        }
        assertThat(mailbox).as("no more are sent to one that does not answer").hasSize(2);
        assertThat(handle.state().stuckCalls()).isOne();
        answerAll();
        assertThat(handle.state().stuckCalls()).isZero();
        assertThat(handle.state().lateReplies()).isEqualTo(2);
        assertThat(kit.isBitSet(handle, shop, 0)).isTrue();
        assertThat(pass().freedObjects()).isEqualTo(2 * OBJECTS);
        assertThat(handle.state().faults()).isZero();
    }

    @Test
    void answerToALaterCallTellsThatAnEarlierOneIsAtFault() {
        mood = Mood.FORGETS_SCANS;
        pass();
        assertThat(handle.state().faults()).as("it may be late").isZero();
        pass();
        assertThat(handle.state().faults()).isOne();
        assertThat(handle.state().lastFault().orElseThrow())
                .contains("answered call [3] and has not answered calls [2]");
        pass();
        assertThat(handle.state().isQuarantined()).isTrue();
    }

    @Test
    void actorThatLostAllItWasAskedIsAskedAgainAfterAWhileAndThenLessOften() {
        mood = Mood.FORGETS;
        for (Duration wait : new Duration[] {Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMinutes(4)}) {
            pass();
            pass();
            assertThat(handle.state().stuckCalls()).isOne();
            kit.advance(wait.minusSeconds(10));
            assertThat(handle.state().stuckCalls()).isOne();
            kit.advance(Duration.ofSeconds(10));
            assertThat(handle.state().stuckCalls()).isZero();
        }
        mood = Mood.ANSWERS;
        assertThat(pass().freedObjects()).isEqualTo(2 * OBJECTS);
        assertThat(handle.state().faults()).isZero();
    }

    /** Nothing else would tell the actor. */
    @Test
    void lateActorIsToldOfEachCgroupThatGoesOffline() {
        handle.setBit(kit.online("/shop/web"), 0);
        handle.setBit(kit.online("/shop/app"), 0);
        kit.settle();
        pass();
        pass();
        kit.offline("/shop/web");
        kit.offline("/shop/app");
        assertThat(mailbox).hasSize(4);
        assertThat(mailbox.stream().filter(ReparentObjects.class::isInstance)).hasSize(2);
        answerAll();
        assertThat(handle.state().stuckCalls()).isZero();
        assertThat(handle.state().faults()).isZero();
        assertThat(kit.isBitSet(handle, shop, 0)).isTrue();
    }

    @Test
    void lateActorThatStopsIsFreed() {
        pass();
        pass();
        mood = Mood.STOPS;
        kit.offline("/shop");
        assertThat(kit.state().shrinkers()).isEmpty();
        assertThat(handle.isFreed()).isTrue();
    }

    private ShrinkerHandle register() {
        ActorRef<ShrinkerMessage> actor =
                kit.system().systemActorOf(Behaviors.receiveMessage(this::received), "actor", Props.empty());
        ShrinkerHandle registered = kit.await(
                kit.reclaimer().register(ShrinkerSpec.named("pages").byCgroup().batch(OBJECTS), actor));
        registered.setBit(shop, 0);
        kit.settle();
        return registered;
    }

    private Behavior<ShrinkerMessage> received(ShrinkerMessage message) {
        switch (mood) {
            case BUSY -> mailbox.add(message);
            case ANSWERS -> answer(message);
            case FORGETS_SCANS -> {
                if (!(message instanceof ScanObjects)) {
                    answer(message);
                }
            }
            case FORGETS -> {}
            case STOPS -> {
                return Behaviors.stopped();
            }
        }
        return Behaviors.same();
    }

    private static void answer(ShrinkerMessage message) {
        if (message instanceof CountObjects count) {
            count.reply(OBJECTS);
        } else if (message instanceof ScanObjects scan) {
            scan.reply(scan.nrToScan());
        } else if (message instanceof ReparentObjects reparent) {
            reparent.reply(OBJECTS);
        }
    }

    /** Handles all messages in the mailbox, and answers from now on. */
    private void answerAll() {
        mood = Mood.ANSWERS;
        mailbox.forEach(LateActorTest::answer);
        mailbox.clear();
        kit.settle();
    }

    private ReclaimReport pass() {
        return kit.pass("/shop", 0, 0);
    }
}
