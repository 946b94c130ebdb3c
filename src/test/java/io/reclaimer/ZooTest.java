package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.AsyncScripted;
import io.reclaimer.testkit.CountedScheduler;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Pauses;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.Twice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Forty shrinkers of all kinds share one system through many rounds. Ten of them misbehave, each in its own way. The
 * other thirty are visited as if they were alone.
 */
class ZooTest {

    private static final int GOOD = 30;
    private static final int BAD = 10;
    private static final int ROUNDS = 40;
    private static final int NIGHTLY_ROUNDS = 1_000;

    /** One in so many rounds visits only bad shrinkers, with a deadline that they make it miss. */
    private static final int HURRIED = 10;

    /** A round is answered within this time after its deadline. */
    private static final long LATENESS_MILLIS = 100;

    /**
     * Timers that may be left: those of Akka, which run for ever, and the one that looks for idle pairs while there are
     * pairs.
     */
    private static final List<String> TIMERS_LEFT = List.of(
            "10000 milliseconds akka.actor.Scheduler$$anon$1",
            "5 seconds akka.actor.Scheduler$$anon$1",
            "15 seconds akka.actor.typed.internal.TimerSchedulerImpl");

    private static final int MOST_CALLS_BACK = 200;
    private static final Duration BAD_CALL = Duration.ofMillis(30);
    private static final List<String> TENANTS = List.of("/t0", "/t1", "/t1/u", "/t2");
    private static final String BAD_TENANT = "/bad";

    /**
     * Without the scan that stops at every n-th call: which calls these are depends on the order of visits in two
     * cgroups.
     */
    private static final List<TableShrinker.Scan> SCANS = List.of(
            TableShrinker.Scan.FULL,
            TableShrinker.Scan.HALF,
            TableShrinker.Scan.UNDER,
            TableShrinker.Scan.REFUSE,
            TableShrinker.Scan.FULL);

    private static final String SETTINGS = """
        akka.scheduler.implementation = "io.reclaimer.testkit.CountedScheduler"
        reclaimer {
          nodes = [n0, n1]
          quarantine { after-faults = 4, duration = 40ms }
          call-deadline = 1h
          round-deadline = 1h
        }
        """;

    private final List<ShrinkerHandle> handles = new ArrayList<>();
    private final List<TableShrinker> models = new ArrayList<>();
    private final List<ShrinkerHandle> good = new ArrayList<>();
    private final List<ShrinkerHandle> bad = new ArrayList<>();
    private final Queue<CompletionStage<?>> pending = new ConcurrentLinkedQueue<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private final Set<Thread> threadsBefore =
            Set.copyOf(Thread.getAllStackTraces().keySet());

    @Test
    void goodOnesAreVisitedAsIfAloneAndNothingIsLeft() {
        compare(ROUNDS);
    }

    @Test
    @Tag("nightly")
    void goodOnesAreVisitedAsIfAloneThroughAThousandRounds() {
        compare(NIGHTLY_ROUNDS);
    }

    private static void compare(int rounds) {
        Seeded seeded = Seeded.create();
        Map<String, List<TraceEvent>> alone = new ZooTest().run(rounds, false, seeded.fork(1));
        Map<String, List<TraceEvent>> together = new ZooTest().run(rounds, true, seeded.fork(1));
        assertThat(alone).as("%s", seeded).hasSizeGreaterThan(4 * GOOD);
        assertThat(together.keySet()).as("%s", seeded).isEqualTo(alone.keySet());
        alone.forEach((name, events) ->
                assertThat(together.get(name)).as("%s, %s", name, seeded).isEqualTo(events));
    }

    /** The trace of the good shrinkers, by shrinker, cgroup and node. */
    private Map<String, List<TraceEvent>> run(int rounds, boolean withBad, Random random) {
        CountedScheduler.reset();
        ReclaimerTestSystem kit = ReclaimerTestSystem.start(SETTINGS);
        kit.expectActor("$*");
        Map<String, List<TraceEvent>> traces;
        try (Pauses pauses = Pauses.watch()) {
            TENANTS.forEach(kit::online);
            kit.online(BAD_TENANT);
            for (int i = 0; i < GOOD; i++) {
                registerGood(kit, i);
                if (withBad && i % 3 == 2) {
                    registerBad(kit, i / 3);
                }
            }
            assertThat(bad).hasSize(withBad ? BAD : 0);
            kit.takeTrace();
            rounds(kit, rounds, random, withBad, pauses);
            pending.forEach(kit::await);
            // Rounds that a bad shrinker requested may still be under way.
            Threads.until(() -> kit.state().runningRounds() == 0);
            traces = kit.takeTrace().stream()
                    .filter(event -> event.shrinker().startsWith("good"))
                    .collect(Collectors.groupingBy(
                            event -> event.shrinker() + " in " + event.cgroup() + " on " + event.node(),
                            TreeMap::new,
                            Collectors.toList()));
            if (withBad) {
                assertThat(handles.stream()
                                .filter(handle -> handle.state().faults() > 0)
                                .map(handle -> handle.spec().name())
                                .distinct())
                        .as("those that are found out; one only calls back")
                        .hasSize(BAD - 1);
            }
            assertThat(good).allMatch(handle -> handle.state().faults() == 0);
            freeAll(kit, pauses);
            assertNothingLeft(kit);
        } finally {
            never.countDown();
            kit.stop();
        }
        assertNoThreadLeft();
        return traces;
    }

    private void registerGood(ReclaimerTestSystem kit, int i) {
        Kind kind = Kind.values()[i % Kind.values().length];
        boolean cgroupAware = i % 7 != 0;
        boolean numaAware = i % 4 != 0;
        TableShrinker.Scan scan = SCANS.get(i % SCANS.size());
        ShrinkerSpec spec = ShrinkerSpec.named("good" + i).batch(16 + i).seeks(1 + i % 4);
        spec = cgroupAware ? spec.byCgroup() : spec;
        spec = numaAware ? spec.byNode() : spec;
        TableShrinker model = new TableShrinker(cgroupAware, numaAware, i % 2 == 0 ? Shrinker.EMPTY : 0, scan, 50);
        ShrinkerHandle handle = kind.register(kit, spec, model);
        models.add(model);
        good.add(handle);
        handles.add(handle);
    }

    private void rounds(ReclaimerTestSystem kit, int rounds, Random random, boolean withBad, Pauses pauses) {
        List<Cgroup> tenants = TENANTS.stream().map(kit::online).toList();
        Cgroup badTenant = kit.online(BAD_TENANT);
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < 5; i++) {
                int which = random.nextInt(GOOD);
                Cgroup cgroup = tenants.get(random.nextInt(tenants.size()));
                int node = random.nextInt(2);
                put(models.get(which), cgroup.path(), node, random.nextInt(300));
                put(models.get(which), CgroupPath.root(), node, random.nextInt(30));
                good.get(which).setBit(cgroup, node);
            }
            String top = random.nextInt(3) == 0 ? "/" : TENANTS.get(random.nextInt(TENANTS.size()));
            int priority = random.nextInt(5);
            for (ShrinkerHandle handle : bad) {
                tenants.forEach(cgroup -> handle.setBit(cgroup, 0));
                handle.setBit(badTenant, 0);
            }
            kit.settle();
            // On one node: the passes of two nodes would visit shrinkers that are not NUMA aware in no certain order.
            ReclaimRequest request =
                    ReclaimRequest.in(top).onNodes(random.nextInt(2)).startingAt(priority);
            ask(kit, pauses, request.within(Duration.ofMinutes(1)));
            if (round % HURRIED == 0) {
                ask(kit, pauses, ReclaimRequest.in(BAD_TENANT).startingAt(0).within(Duration.ofMillis(10)));
            }
            if (withBad && round % 20 == 19) {
                replaceTheDead(kit);
            }
        }
    }

    /** Adds objects, but no more than a few calls can scan: some shrinkers never free anything. */
    private static void put(TableShrinker model, CgroupPath cgroup, int node, long objects) {
        if (model.objects(cgroup, node) < 300) {
            model.put(cgroup, node, objects);
        }
    }

    private static void ask(ReclaimerTestSystem kit, Pauses pauses, ReclaimRequest request) {
        long stoodStill = pauses.millis();
        long start = System.nanoTime();
        ReclaimReport report = kit.reclaim(request);
        long late = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)
                - request.within().orElseThrow().toMillis();
        assertThat(late)
                .as("ms past the deadline of %s", request)
                .isLessThanOrEqualTo(LATENESS_MILLIS + pauses.millis() - stoodStill);
        assertThat(report.outcome()).isIn(RoundOutcome.DONE, RoundOutcome.DEADLINE);
        if (!request.cgroup().toString().equals(BAD_TENANT)) {
            assertThat(report.outcome()).isEqualTo(RoundOutcome.DONE);
        }
    }

    private void freeAll(ReclaimerTestSystem kit, Pauses pauses) {
        long stoodStill = pauses.millis();
        long start = System.nanoTime();
        List<CompletionStage<Done>> freed = new ArrayList<>();
        for (ShrinkerHandle handle : handles) {
            if (!handle.isFreed()) {
                freed.add(handle.free());
            }
        }
        freed.forEach(kit::await);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                .as("ms until all are freed")
                .isLessThanOrEqualTo(1_000 + pauses.millis() - stoodStill);
    }

    private static void assertNothingLeft(ReclaimerTestSystem kit) {
        Threads.until(() -> kit.state().shrinkers().isEmpty());
        ExtendedActorSystem system = (ExtendedActorSystem) Adapter.toClassic(kit.system());
        Threads.until(() -> system.printTree()
                        .lines()
                        .filter(line -> line.contains("reclaimer-shrinker-proxy"))
                        .count()
                == 0);
        // The one child is the log of faults.
        Threads.until(() -> childrenOf("reclaimer-registry", system.printTree()) == 1);
        Threads.until(() -> childrenOf("reclaimer-rounds", system.printTree()) == 2);
        Threads.until(
                () -> CountedScheduler.pending().stream()
                        .allMatch(timer -> TIMERS_LEFT.stream().anyMatch(timer::startsWith)),
                CountedScheduler::pending);
        kit.check();
    }

    /**
     * The number of children of an actor. The tree that Akka prints has an indented line for each, below its parent.
     */
    private static long childrenOf(String actor, String tree) {
        List<String> lines = tree.lines().toList();
        int at = 0;
        while (at < lines.size() && !lines.get(at).contains(" " + actor + " ")) {
            at++;
        }
        assertThat(at).as("%s in%n%s", actor, tree).isLessThan(lines.size());
        int indent = depth(lines.get(at));
        long children = 0;
        for (int i = at + 1; i < lines.size() && depth(lines.get(i)) > indent; i++) {
            children++;
        }
        return children;
    }

    private static int depth(String line) {
        return line.indexOf('-') >= 0 ? line.indexOf('-') : line.length();
    }

    /** Checks that no new thread of the reclaimer is left. Other tests may have left some before. */
    private void assertNoThreadLeft() {
        Threads.until(() -> Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !threadsBefore.contains(thread))
                .noneMatch(thread -> thread.getName().contains("reclaimer")));
    }

    /** Registers the bad shrinker that misbehaves in one of the ten ways. */
    private void registerBad(ReclaimerTestSystem kit, int way) {
        ShrinkerSpec spec = ShrinkerSpec.named("bad" + way).byCgroup().batch(10).callDeadline(BAD_CALL);
        ShrinkerHandle handle = switch (way) {
            case 0 ->
                kit.register(
                        spec,
                        new Scripted(
                                control -> {
                                    if (control.cgroup().isRoot()) {
                                        throw new AssertionError("not fatal");
                                    }
                                    return 100;
                                },
                                control -> {
                                    throw new IllegalStateException("broken");
                                }));
            case 1 ->
                kit.register(spec, AsyncScripted.of(CompletableFuture.completedStage(100L), new CompletableFuture<>()));
            case 2 -> kit.register(spec.blocking(), new Scripted(control -> 100, this::comesTooLate));
            case 3 -> kit.register(spec, AsyncScripted.of(CompletableFuture.completedStage(100L), new Twice(10)));
            case 4 -> kit.register(spec, new Scripted(control -> -5, control -> 1));
            case 5 ->
                kit.register(spec, new Scripted(control -> Long.MAX_VALUE, control -> {
                    control.nrScanned(0);
                    return 0;
                }));
            case 6 -> kit.register(spec, new Scripted(control -> 100, control -> 1_000_000));
            case 7 -> kit.register(spec.blocking(), new Scripted(control -> 100, control -> Shrinker.EMPTY));
            case 8 -> callingBack(kit, spec);
            case 9 -> kit.await(kit.reclaimer().register(spec, mortal(kit)));
            default -> throw new IllegalArgumentException("No way [" + way + "]");
        };
        bad.add(handle);
        handles.add(handle);
    }

    /** Replaces the shrinker whose actor died in a call, and which was freed by that. */
    private void replaceTheDead(ReclaimerTestSystem kit) {
        ShrinkerHandle dead = bad.get(BAD - 1);
        if (dead.isFreed()) {
            ShrinkerHandle next = kit.await(kit.reclaimer().register(dead.spec(), mortal(kit)));
            bad.set(BAD - 1, next);
            handles.add(next);
        }
    }

    /** Until it is interrupted, which is when it is freed, or a while after its deadline. */
    private long comesTooLate(ShrinkControl control) {
        try {
            return never.await(BAD_CALL.toMillis() * 3, TimeUnit.MILLISECONDS) ? 0 : 10;
        } catch (InterruptedException e) {
            return Shrinker.STOP;
        }
    }

    /** Uses the reclaimer from inside its calls, where that touches nobody else. */
    private ShrinkerHandle callingBack(ReclaimerTestSystem kit, ShrinkerSpec spec) {
        List<ShrinkerHandle> self = new ArrayList<>();
        Cgroup badTenant = kit.online(BAD_TENANT);
        Shrinker shrinker = new Scripted(
                control -> {
                    // No more than a few rounds at a time: beyond a limit rounds are refused, also those of the test.
                    if (pending.size() < MOST_CALLS_BACK
                            && pending.stream()
                                    .allMatch(
                                            stage -> stage.toCompletableFuture().isDone())) {
                        pending.add(kit.reclaimer()
                                .register(ShrinkerSpec.named("guest").byCgroup(), Scripted.endless(1))
                                .thenCompose(ShrinkerHandle::free));
                        pending.add(kit.reclaimer()
                                .reclaim(ReclaimRequest.in(BAD_TENANT).within(Duration.ofMillis(20))));
                    }
                    return 50;
                },
                control -> {
                    self.get(0).setBit(badTenant, 0);
                    self.get(0).recordRefaults(1);
                    return control.nrToScan();
                });
        ShrinkerHandle handle = kit.allocate(spec, shrinker);
        self.add(handle);
        return kit.await(handle.register());
    }

    /** An actor that stops in the middle of its tenth call. */
    private static ActorRef<ShrinkerMessage> mortal(ReclaimerTestSystem kit) {
        return kit.testKit()
                .spawn(Behaviors.setup(context -> new Object() {
                    private int calls;

                    Behavior<ShrinkerMessage> alive() {
                        return Behaviors.receive(ShrinkerMessage.class)
                                .onMessage(CountObjects.class, count -> {
                                    calls++;
                                    if (calls == 10) {
                                        return Behaviors.stopped();
                                    }
                                    count.reply(0);
                                    return Behaviors.same();
                                })
                                .onAnyMessage(other -> Behaviors.unhandled())
                                .build();
                    }
                }.alive()));
    }
}
