package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.ShrinkerMessage.ObjectsScanned;
import io.reclaimer.adapter.PageStore.Command;
import io.reclaimer.adapter.PageStore.Crash;
import io.reclaimer.adapter.PageStore.Get;
import io.reclaimer.adapter.PageStore.Put;
import io.reclaimer.adapter.PageStore.Stop;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The test sends the reclaimer's messages. Handles, cgroups and bits are real. */
class ReclaimableActorTest {

    private static final CgroupPath ROOT = CgroupPath.root();
    private static final CgroupPath SHOP = CgroupPath.of("/shop");
    private static final CgroupPath WEB = CgroupPath.of("/shop/web");
    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("pages");
    private static final Duration PATIENCE = ShrinkerCaller.PATIENCE;

    @RegisterExtension
    static final ReclaimerExtension kit = ReclaimerExtension.create().perClass().expectActor("$*");

    private final Registry registry = new Registry();

    @AfterEach
    void freeShrinkers() {
        registry.handles.forEach(handle -> kit.await(handle.free()));
    }

    @Test
    void countAndScanAreAnsweredFromTheState() {
        ActorRef<Command> store = spawn(global());
        PageStore.put(store, 10);
        assertThat(count(store, ROOT)).isEqualTo(10);
        assertThat(scan(store, ROOT, 4)).isEqualTo(new ObjectsScanned(7, 4, 4, 40));
        assertThat(count(store, ROOT)).isEqualTo(6);
        assertThat(size(store)).isEqualTo(6);
        assertThat(value(store, 3)).isEmpty();
        assertThat(value(store, 4)).contains("value 4");
    }

    @Test
    void emptyIsSaidOnlyWhenEmpty() {
        ActorRef<Command> store = spawn(global());
        assertThat(count(store, ROOT)).isEqualTo(Shrinker.EMPTY);
        PageStore.put(store, 1);
        assertThat(count(store, ROOT)).isOne();
        assertThat(scan(store, ROOT, 100).freed()).isOne();
        assertThat(count(store, ROOT)).isEqualTo(Shrinker.EMPTY);
        assertThat(scan(store, ROOT, 100)).isEqualTo(new ObjectsScanned(7, 0, 100, 0));
    }

    @Test
    void ownProtocolAndSignalsGoThroughUntouched() {
        TestProbe<String> heard = kit.testKit().createTestProbe();
        ActorRef<Command> store =
                spawn(global().behavior((context, values) -> PageStore.create(context, values, heard.ref())));
        PageStore.put(store, 2);
        assertThat(value(store, 1)).contains("value 1");
        store.tell(new Stop());
        heard.expectMessage(PATIENCE, "stopped");
    }

    @Test
    void behaviorWithoutAStateOfItsOwnCanBeReclaimedToo() {
        ActorRef<Command> store = spawn(global().behavior((context, values) -> Behaviors.receiveMessage(message -> {
            if (message instanceof Put put) {
                values.put(put.key(), put.value());
                return Behaviors.same();
            }
            return Behaviors.stopped();
        })));
        PageStore.put(store, 3);
        assertThat(count(store, ROOT)).isEqualTo(3);
        store.tell(new Stop());
        kit.testKit().createTestProbe().expectTerminated(store, PATIENCE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void registeredRefEndsWithTheActorAlsoByACrashWithoutASupervisor(boolean crashes) {
        kit.expectError("");
        ActorRef<Command> store = spawn(global());
        ActorRef<ShrinkerMessage> registered = registry.only();
        store.tell(crashes ? new Crash() : new Stop());
        kit.testKit().createTestProbe().expectTerminated(registered, PATIENCE);
    }

    @Test
    void restartKeepsTheRegistrationAndServesTheNewState() {
        ActorRef<Command> store = spawn(PageStore.supervised(PageStore.create(global())));
        PageStore.put(store, 10);
        assertThat(count(registry.only(), ROOT)).isEqualTo(10);
        store.tell(new Crash());
        assertThat(count(registry.only(), ROOT)).isEqualTo(Shrinker.EMPTY);
        PageStore.put(store, 2);
        assertThat(count(registry.only(), ROOT)).isEqualTo(2);
        assertThat(scan(registry.only(), ROOT, 1).freed()).isOne();
        assertThat(size(store)).isOne();
    }

    @Test
    void restartFurtherInKeepsTheStateToo() {
        ActorRef<Command> store = spawn(global().behavior((context, values) -> PageStore.supervised(Behaviors.setup(
                own -> PageStore.create(own, values, own.getSystem().ignoreRef())))));
        PageStore.put(store, 10);
        store.tell(new Crash());
        assertThat(count(registry.only(), ROOT)).isEqualTo(10);
        assertThat(size(store)).isEqualTo(10);
    }

    @Test
    void eachActorOfOneBehaviorIsRegistered() {
        Behavior<Command> behavior = PageStore.create(global());
        ActorRef<Command> one = spawn(behavior);
        ActorRef<Command> other = spawn(behavior);
        PageStore.put(one, 3);
        PageStore.put(other, 5);
        assertThat(count(registry.of(one), ROOT)).isEqualTo(3);
        assertThat(count(registry.of(other), ROOT)).isEqualTo(5);
        assertThat(registry.refs).hasSize(2);
    }

    @Test
    void otherCgroupsAndNodesHaveNothing() {
        kit.online("/shop");
        ActorRef<Command> store = spawn(in(kit.online("/shop/web")));
        PageStore.put(store, 5);
        for (CgroupPath other : List.of(ROOT, SHOP, WEB.child("a"))) {
            assertThat(count(store, other)).isEqualTo(Shrinker.EMPTY);
            assertThat(scan(store, other, 5).freed()).isZero();
        }
        assertThat(caller(store).count(WEB, 1)).isEqualTo(Shrinker.EMPTY);
        assertThat(count(store, WEB)).isEqualTo(5);
    }

    @Test
    void firstValueSetsTheBit() {
        Cgroup shop = kit.online("/shop");
        ActorRef<Command> store = spawn(in(shop));
        assertThat(size(store)).isZero();
        assertThat(bits("/shop")).isEmpty();
        PageStore.put(store, 1);
        assertThat(size(store)).isOne();
        assertThat(bits("/shop")).containsExactly(registry.handle().id());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void valuesFromBeforeTheRegistrationSetTheBitAlsoAfterARestart(boolean restarts) {
        registry.late = Optional.of(new CompletableFuture<>());
        ActorRef<Command> store = spawn(PageStore.supervised(PageStore.create(in(kit.online("/shop")))));
        if (restarts) {
            store.tell(new Crash());
        }
        PageStore.put(store, 1);
        assertThat(size(store)).isOne();
        registry.arrive();
        assertThat(size(store)).isOne();
        assertThat(bits("/shop")).containsExactly(registry.handle().id());
        assertThat(registry.refs).hasSize(1);
    }

    @Test
    void valuesThatABehaviorStartsWithSetTheBit() {
        Cgroup shop = kit.online("/shop");
        ActorRef<Command> store = spawn(in(shop).behavior((context, values) -> {
            values.put(1, "from the start");
            return PageStore.create(context, values, context.getSystem().ignoreRef());
        }));
        assertThat(size(store)).isOne();
        assertThat(bits("/shop")).containsExactly(registry.handle().id());
    }

    /** A pass clears the bit in between. */
    @Test
    void bitIsSetAgainAfterEmptyWasSaid() {
        ActorRef<Command> store = spawn(in(kit.online("/shop")));
        PageStore.put(store, 1);
        assertThat(scan(store, SHOP, 1).freed()).isOne();
        kit.await(registry.handle().register());
        kit.pass("/shop", 0, 0);
        assertThat(bits("/shop")).isEmpty();
        assertThat(count(store, SHOP)).isEqualTo(Shrinker.EMPTY);
        PageStore.put(store, 1);
        assertThat(size(store)).isOne();
        assertThat(bits("/shop")).containsExactly(registry.handle().id());
    }

    @Test
    void stateOfACgroupThatWentOfflineIsItsParents() {
        kit.online("/shop");
        Cgroup web = kit.online("/shop/web");
        ActorRef<Command> store = spawn(in(web));
        PageStore.put(store, 5);
        assertThat(size(store)).isEqualTo(5);
        kit.offline("/shop/web");
        assertThat(reparent(store, CgroupPath.of("/batch"), ROOT)).isZero();
        assertThat(reparent(store, WEB, SHOP)).isEqualTo(5);
        assertThat(count(store, WEB)).isEqualTo(Shrinker.EMPTY);
        assertThat(count(store, SHOP)).isEqualTo(5);
        assertThat(scan(store, SHOP, 2).freed()).isEqualTo(2);
        kit.offline("/shop");
        assertThat(reparent(store, SHOP, ROOT)).isEqualTo(3);
        assertThat(count(store, ROOT)).isEqualTo(3);
    }

    @Test
    void valueThatComesAfterTheCgroupWentOfflineSetsTheParentsBit() {
        kit.online("/shop");
        ActorRef<Command> store = spawn(in(kit.online("/shop/web")));
        kit.offline("/shop/web");
        assertThat(reparent(store, WEB, SHOP)).isZero();
        PageStore.put(store, 1);
        assertThat(size(store)).isOne();
        assertThat(bits("/shop")).containsExactly(registry.handle().id());
    }

    @Test
    void restartAfterTheCgroupWentOfflineStaysWithTheParent() {
        kit.online("/shop");
        ActorRef<Command> store = spawn(PageStore.supervised(PageStore.create(in(kit.online("/shop/web")))));
        kit.offline("/shop/web");
        assertThat(reparent(store, WEB, SHOP)).isZero();
        store.tell(new Crash());
        PageStore.put(store, 2);
        assertThat(count(store, WEB)).isEqualTo(Shrinker.EMPTY);
        assertThat(count(store, SHOP)).isEqualTo(2);
        assertThat(bits("/shop")).containsExactly(registry.handle().id());
    }

    @Test
    void refusedRegistrationIsLoggedAndTriedAgainByARestart() {
        kit.expectError("");
        registry.late = Optional.of(CompletableFuture.failedFuture(new IllegalStateException("no id is left")));
        ActorRef<Command> store = LoggingTestKit.error("will not be reclaimed")
                .withCause(IllegalStateException.class)
                .expect(kit.system(), () -> {
                    ActorRef<Command> spawned = spawn(PageStore.supervised(PageStore.create(in(kit.online("/shop")))));
                    PageStore.put(spawned, 3);
                    assertThat(size(spawned)).isEqualTo(3);
                    return spawned;
                });
        registry.late = Optional.empty();
        store.tell(new Crash());
        PageStore.put(store, 1);
        assertThat(size(store)).isOne();
        // The first answer may precede the new registration, which is sent during the restart.
        assertThat(size(store)).isOne();
        assertThat(bits("/shop")).containsExactly(registry.handle().id());
    }

    @Test
    void stateThatIsNullIsSaidToBe() {
        kit.expectError("");
        Behavior<Command> behavior = ReclaimableActor.<ReclaimableState>of(SPEC, () -> null)
                .registeredBy(registry)
                .behavior((context, state) -> Behaviors.empty());
        LoggingTestKit.error("newState of shrinker [pages] made null")
                .expect(kit.system(), () -> kit.testKit().spawn(behavior));
        assertThat(registry.refs).isEmpty();
    }

    @Test
    void stateThatAnswersNullIsSaidTo() {
        kit.expectError("");
        ReclaimableState state = new ReclaimableState() {
            @Override
            public long size() {
                return 1;
            }

            @Override
            public Freed free(long nrToScan) {
                return null;
            }
        };
        ActorRef<Command> actor = kit.testKit()
                .spawn(ReclaimableActor.of(SPEC, () -> state)
                        .registeredBy(registry)
                        .behavior((context, ignored) -> Behaviors.empty()));
        LoggingTestKit.error("of shrinker [pages] answered null to free").expect(kit.system(), () -> {
            caller(actor).startScan(1);
            return null;
        });
    }

    @Test
    void refaultsAreReportedToTheReclaimer() {
        ActorRef<Command> store = spawn(global());
        PageStore.put(store, 10);
        assertThat(scan(store, ROOT, 4).freed()).isEqualTo(4);
        PageStore.put(store, 2);
        assertThat(size(store)).isEqualTo(8);
        assertThat(registry.handle().state().refaultedObjects()).isEqualTo(2);
    }

    @Test
    void specFollowsTheCgroup() {
        Cgroup shop = kit.online("/shop");
        spawn(ReclaimableActor.of(SPEC.byCgroup(), ReclaimableActorTest::newState)
                .registeredBy(registry));
        spawn(in(shop));
        assertThat(registry.specs)
                .containsExactly(SPEC.onNodes(0), SPEC.onNodes(0).byCgroup());
    }

    // The reclaimer's part.

    private static final class Registry implements ReclaimableActor.Registrar {

        private final List<ActorRef<ShrinkerMessage>> refs = new ArrayList<>();
        private final List<ShrinkerSpec> specs = new ArrayList<>();
        private Optional<CompletableFuture<ShrinkerHandle>> late = Optional.empty();
        private final List<ShrinkerHandle> handles = new ArrayList<>();

        @Override
        public synchronized CompletionStage<ShrinkerHandle> register(
                ActorSystem<?> system, ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {
            refs.add(shrinker);
            specs.add(spec);
            if (late.isPresent()) {
                return late.get();
            }
            return CompletableFuture.completedFuture(allocate(spec));
        }

        private synchronized ShrinkerHandle allocate(ShrinkerSpec spec) {
            ShrinkerHandle allocated = kit.allocate(spec, TableShrinker.full());
            handles.add(allocated);
            return allocated;
        }

        void arrive() {
            late.orElseThrow().complete(allocate(SPEC.byCgroup()));
        }

        synchronized ShrinkerHandle handle() {
            return handles.get(handles.size() - 1);
        }

        synchronized ActorRef<ShrinkerMessage> only() {
            assertThat(refs).hasSize(1);
            return refs.get(0);
        }

        synchronized ActorRef<ShrinkerMessage> of(ActorRef<Command> store) {
            return refs.stream()
                    .filter(ref -> ref.path().equals(store.path()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static ReclaimableMap<Integer, String> newState() {
        return new ReclaimableMap<Integer, String>().weigher(value -> 10);
    }

    private ReclaimableActor<ReclaimableMap<Integer, String>> global() {
        return ReclaimableActor.of(SPEC, ReclaimableActorTest::newState).registeredBy(registry);
    }

    private ReclaimableActor<ReclaimableMap<Integer, String>> in(Cgroup cgroup) {
        return global().in(cgroup);
    }

    private ActorRef<Command> spawn(ReclaimableActor<ReclaimableMap<Integer, String>> factory) {
        return spawn(PageStore.create(factory));
    }

    /** Spawns an actor and waits until it has started. */
    private ActorRef<Command> spawn(Behavior<Command> behavior) {
        ActorRef<Command> store = kit.testKit().spawn(behavior);
        count(store, ROOT);
        return store;
    }

    private long size(ActorRef<Command> store) {
        return PageStore.size(kit, store);
    }

    private Optional<String> value(ActorRef<Command> store, int key) {
        TestProbe<Optional<String>> probe = kit.testKit().createTestProbe();
        store.tell(new Get(key, probe.ref()));
        return probe.receiveMessage(PATIENCE);
    }

    private List<Integer> bits(String cgroup) {
        return kit.state(cgroup, 0).bits();
    }

    private long count(ActorRef<?> store, CgroupPath cgroup) {
        return caller(store).count(cgroup, 0);
    }

    private ObjectsScanned scan(ActorRef<?> store, CgroupPath cgroup, long nrToScan) {
        return caller(store).scan(cgroup, nrToScan);
    }

    private long reparent(ActorRef<?> store, CgroupPath offline, CgroupPath parent) {
        return caller(store).reparent(offline, parent);
    }

    private ShrinkerCaller caller(ActorRef<?> store) {
        return new ShrinkerCaller(kit.testKit(), store);
    }
}
