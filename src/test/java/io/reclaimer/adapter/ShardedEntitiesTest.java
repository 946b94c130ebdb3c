package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.ShardingEnvelope;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityContext;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.adapter.ShardedEntities.StopQuestion;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.ReclaimerTestSystem;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Real entities in a real region. Each test has its own tracker; an entity finds the tracker by the prefix of its id.
 */
class ShardedEntitiesTest {

    private static final Duration PATIENCE = ShrinkerCaller.PATIENCE;
    private static final EntityTypeKey<Command> KEY = EntityTypeKey.create(Command.class, "cart");
    private static final Map<String, ShardedEntities<Command>> TRACKERS = new ConcurrentHashMap<>();

    private static ReclaimerTestSystem kit;
    private static ActorRef<ShardingEnvelope<Command>> region;
    private static int tests;

    private String test = "";
    private TestProbe<Object> events;

    @BeforeAll
    static void form() {
        kit = ShardedCluster.start("");
        region = ClusterSharding.get(kit.system())
                .init(Entity.of(KEY, ShardedEntitiesTest::create).withStopMessage(new Stop()));
    }

    @AfterAll
    static void leave() {
        kit.stop();
    }

    @BeforeEach
    void start() {
        test = "t" + tests++;
        events = kit.testKit().createTestProbe();
    }

    @AfterEach
    void checkNothingLeft() {
        kit.check();
    }

    @Test
    void coldestStopAndTheOthersStay() {
        ShardedEntities<Command> carts = track(PATIENCE, PATIENCE);
        for (String id : new String[] {"a", "b", "c", "d"}) {
            put(id, Mood.WILLING);
        }
        put("a", Mood.WILLING);
        assertThat(caller(carts).count()).isEqualTo(4);
        assertThat(caller(carts).scan(2)).isEqualTo(2);
        assertThat(caller(carts).count()).isEqualTo(2);
        expectGone("b", "c");
        assertThat(puts("a")).isEqualTo(3);
        assertThat(puts("d")).isEqualTo(2);
        assertThat(puts("b")).as("a new one").isOne();
        assertThat(carts.hungStops()).isZero();
    }

    @Test
    void roundStopsTheEntitiesThatMayStop() {
        ShardedEntities<Command> carts = track(PATIENCE, PATIENCE);
        ShrinkerSpec spec = ShrinkerSpec.named("carts").objectBytes(10_000).callDeadline(PATIENCE.plusMinutes(1));
        ShrinkerHandle handle = kit.await(carts.register(kit.reclaimer(), spec));
        List<String> willing = "abcdefghijklmnopqrstuvwxyz"
                .chars()
                .mapToObj(Character::toString)
                .toList();
        List<String> busy =
                willing.stream().map(id -> id.toUpperCase(Locale.ROOT)).toList();
        willing.forEach(id -> put(id, Mood.WILLING));
        busy.forEach(id -> put(id, Mood.BUSY));
        ReclaimReport report =
                kit.reclaim(ReclaimRequest.everywhere().startingAt(0).within(PATIENCE.plusMinutes(5)));
        assertThat(report.freedObjects()).isEqualTo(26);
        assertThat(report.freedBytes()).isEqualTo(260_000);
        assertThat(willing).allMatch(id -> put(id, Mood.WILLING) == 1, "starts anew");
        assertThat(busy).allMatch(id -> put(id, Mood.BUSY) == 2, "goes on");
        kit.await(handle.free());
    }

    /** The entity is busy with another message, and receives the question after the scan has ended. */
    @Test
    void entityThatComesToItsQuestionLateIsNotAskedAndNotStopped() {
        ShardedEntities<Command> carts = track(Duration.ofMillis(200), PATIENCE);
        put("a", Mood.WILLING);
        Gate gate = new Gate();
        send("a", new Hold(gate));
        gate.awaitEntered();
        assertThat(caller(carts).scan(1)).isZero();
        gate.open();
        assertThat(puts("a")).as("the same one").isEqualTo(2);
        assertThat(carts.hungStops()).isZero();
        assertThat(caller(carts).count()).isOne();
    }

    @Test
    void entityThatDoesNotStopIsGivenUpAndAskedAgainAfterItsBackOff() {
        ShardedEntities<Command> carts = track(Duration.ofMillis(200), Duration.ofMillis(1));
        put("a", Mood.SLOW);
        hang(carts);
        ActorRef<Command> slow = expectSlow("a");
        slow.tell(new LetGo());
        expectGone("a");
        put("a", Mood.WILLING);
        // The test can't observe when the tracker sees the end of the first incarnation.
        caller(carts).awaitCount(1);
    }

    /** The shard buffers messages to an entity that is passivating. */
    @Test
    void messageToAPassivatingEntityIsNotLost() {
        ShardedEntities<Command> carts = track(PATIENCE, PATIENCE);
        put("a", Mood.SLOW);
        ShrinkerCaller caller = caller(carts);
        caller.startScan(1);
        ActorRef<Command> slow = expectSlow("a");
        TestProbe<Integer> late = kit.testKit().createTestProbe();
        send("a", new Put(Mood.WILLING, late.ref(), events.ref()));
        slow.tell(new LetGo());
        assertThat(caller.freed()).isOne();
        assertThat(late.receiveMessage(PATIENCE)).as("answered by a new one").isOne();
    }

    @Test
    void entityThatStopsByItselfMeanwhileIsFreed() {
        ShardedEntities<Command> carts = track(PATIENCE, PATIENCE);
        put("a", Mood.SILENT);
        ShrinkerCaller caller = caller(carts);
        caller.startScan(1);
        events.expectMessage(PATIENCE, new Asked(test + "a"));
        send("a", new Quit());
        assertThat(caller.freed()).isOne();
        expectGone("a");
        assertThat(carts.hungStops()).isZero();
    }

    @Test
    void restartedEntityIsTrackedOn() {
        ShardedEntities<Command> carts = track(PATIENCE, PATIENCE);
        put("a", Mood.WILLING);
        send("a", new Crash());
        assertThat(puts("a")).as("from anew").isOne();
        assertThat(caller(carts).count()).isOne();
        assertThat(caller(carts).scan(1)).isOne();
    }

    @Test
    void entitiesWithoutAQuestionArePassivated() {
        ShardedEntities<Command> carts =
                ShardedEntities.start(kit.system(), test, Optional.empty(), PATIENCE, PATIENCE);
        TRACKERS.put(test, carts);
        put("a", Mood.BUSY);
        assertThat(caller(carts).scan(1)).isOne();
        expectGone("a");
    }

    @Test
    void deadlinesThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> track(Duration.ZERO, PATIENCE)).hasMessageContaining("stopDeadline is [PT0S]");
        assertThatThrownBy(() -> track(PATIENCE, Duration.ofSeconds(-1)))
                .hasMessageContaining("hungBackOff is [PT-1S]");
    }

    // The entity.

    sealed interface Command {}

    record Put(Mood mood, ActorRef<Integer> replyTo, ActorRef<Object> events) implements Command {}

    record MayStop(StopQuestion question) implements Command {}

    record Stop() implements Command {}

    record LetGo() implements Command {}

    record Quit() implements Command {}

    record Crash() implements Command {}

    record Hold(Gate gate) implements Command {}

    /** The reaction of an entity to the question and to the stop message. */
    enum Mood {
        WILLING,
        BUSY,
        SILENT,
        /** Agrees to stop, but stops only after a LetGo message. */
        SLOW
    }

    record Gone(String id) {}

    /** Reports that a silent entity was asked. */
    record Asked(String id) {}

    /** The ref of an entity that got the stop message and has not stopped. The shard would buffer messages to it. */
    record Slow(String id, ActorRef<Command> ref) {}

    private static Behavior<Command> create(EntityContext<Command> entity) {
        String test = entity.getEntityId().substring(0, entity.getEntityId().length() - 1);
        Behavior<Command> cart =
                Behaviors.setup(context -> new Cart(entity.getEntityId(), context.getSelf()).behavior());
        return Behaviors.supervise(TRACKERS.get(test).track(entity, cart))
                .onFailure(SupervisorStrategy.restart().withLoggingEnabled(false));
    }

    private static final class Cart {

        private final String id;
        private final ActorRef<Command> self;
        private Mood mood = Mood.WILLING;
        private int puts;
        private Optional<ActorRef<Object>> events = Optional.empty();

        private Cart(String id, ActorRef<Command> self) {
            this.id = id;
            this.self = self;
        }

        private Behavior<Command> behavior() {
            return Behaviors.receive(Command.class)
                    .onMessage(Put.class, this::onPut)
                    .onMessage(MayStop.class, this::onMayStop)
                    .onMessage(Stop.class, this::onStop)
                    .onMessage(LetGo.class, letGo -> Behaviors.stopped())
                    .onMessage(Quit.class, quit -> Behaviors.stopped())
                    .onMessage(Hold.class, hold -> {
                        hold.gate().pass();
                        return Behaviors.same();
                    })
                    .onMessage(Crash.class, crash -> {
                        throw new IllegalStateException("crashed by the test");
                    })
                    .onSignal(PostStop.class, this::onPostStop)
                    .build();
        }

        private Behavior<Command> onPut(Put message) {
            mood = message.mood();
            puts++;
            events = Optional.of(message.events());
            message.replyTo().tell(puts);
            return Behaviors.same();
        }

        private Behavior<Command> onMayStop(MayStop message) {
            switch (mood) {
                case WILLING, SLOW -> message.question().stop();
                case BUSY -> message.question().busy();
                case SILENT -> events.orElseThrow().tell(new Asked(id));
            }
            return Behaviors.same();
        }

        private Behavior<Command> onStop(Stop message) {
            if (mood == Mood.SLOW) {
                events.orElseThrow().tell(new Slow(id, self));
                return Behaviors.same();
            }
            return Behaviors.stopped();
        }

        private Behavior<Command> onPostStop(PostStop signal) {
            events.ifPresent(listener -> listener.tell(new Gone(id)));
            return Behaviors.same();
        }
    }

    // The actions of the tests.

    private ShardedEntities<Command> track(Duration stopDeadline, Duration hungBackOff) {
        ShardedEntities<Command> carts =
                ShardedEntities.start(kit.system(), test, Optional.of(MayStop::new), stopDeadline, hungBackOff);
        TRACKERS.put(test, carts);
        return carts;
    }

    private void send(String id, Command message) {
        region.tell(new ShardingEnvelope<>(test + id, message));
    }

    private int put(String id, Mood mood) {
        TestProbe<Integer> probe = kit.testKit().createTestProbe();
        send(id, new Put(mood, probe.ref(), events.ref()));
        return probe.receiveMessage(PATIENCE);
    }

    /** Puts once more and returns the number of puts; the entity agrees to stop from now on. */
    private int puts(String id) {
        return put(id, Mood.WILLING);
    }

    private ActorRef<Command> expectSlow(String id) {
        Slow slow = events.expectMessageClass(Slow.class, PATIENCE);
        assertThat(slow.id()).isEqualTo(test + id);
        return slow.ref();
    }

    private void expectGone(String... ids) {
        Set<String> seen = Arrays.stream(ids)
                .map(id -> events.expectMessageClass(Gone.class, PATIENCE).id())
                .collect(Collectors.toSet());
        assertThat(seen).isEqualTo(Arrays.stream(ids).map(id -> test + id).collect(Collectors.toSet()));
    }

    /** Scans until the one entity is hung. While it does not receive the question in time, it counts as busy. */
    private void hang(ShardedEntities<Command> carts) {
        while (carts.hungStops() == 0) {
            assertThat(caller(carts).scan(1)).isZero();
        }
        assertThat(carts.hungStops()).isOne();
    }

    private static ShrinkerCaller caller(ShardedEntities<Command> carts) {
        return new ShrinkerCaller(kit.testKit(), carts.shrinker());
    }
}
