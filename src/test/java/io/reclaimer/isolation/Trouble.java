package io.reclaimer.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A trouble of the shrinker of one cgroup. Each lasts until the test ends it. */
enum Trouble {
    PLAIN_HUNG("plain shrinker hung", "reclaimer.call-deadline = 200ms") {
        @Override
        Begun begin(World world) {
            ShrinkerHandle handle = register(world, SPEC, hung(world));
            return waiting(world, handle, () -> handle.state().stuckCalls() > 0);
        }
    },
    /** Each scan takes long, and frees nothing. The visit ends with the scan during which the shrinker is freed. */
    PLAIN_SLOW("plain shrinker slow", "") {
        @Override
        Begun begin(World world) {
            AtomicInteger scans = new AtomicInteger();
            ShrinkerHandle handle = register(world, SPEC, slow(world, Duration.ofMillis(200), scans));
            Begun begun = waiting(world, handle, () -> scans.get() > 1);
            return new Begun(handle, begun.round(), begun.lasts(), false);
        }
    },
    /** Its calls take long, and come back by their deadline. They take all the places of the shrinker. */
    BLOCKING_SLOW("blocking shrinker slow", "") {
        @Override
        Begun begin(World world) {
            AtomicInteger scans = new AtomicInteger();
            ShrinkerHandle handle = register(world, SLOW_BLOCKING, slow(world, World.LONG, scans));
            return waiting(world, handle, () -> scans.get() > 0);
        }
    },
    STAGE_BLOCKS("stage that blocks", "reclaimer.call-deadline = 200ms") {
        @Override
        Begun begin(World world) {
            ShrinkerHandle handle = world.side.kit.await(world.reclaimer().register(SPEC, stage(() -> {
                world.standStill();
                return CompletableFuture.completedStage(Shrinker.EMPTY);
            })));
            return waiting(world, handle, () -> handle.state().faults() > 0);
        }
    },
    STAGE_UNANSWERED("stage never answered", "") {
        @Override
        Begun begin(World world) {
            Queue<CompletableFuture<Long>> open = new ConcurrentLinkedQueue<>();
            ShrinkerHandle handle = neverAnswered(world, open);
            return waiting(world, handle, () -> !open.isEmpty());
        }
    },
    ACTOR_BUSY("actor busy", "") {
        @Override
        Begun begin(World world) {
            AtomicInteger asked = new AtomicInteger();
            ActorRef<ShrinkerMessage> actor = world.side.kit.testKit().spawn(Behaviors.receiveMessage(message -> {
                asked.incrementAndGet();
                world.standStill();
                if (message instanceof ShrinkerMessage.CountObjects count) {
                    count.reply(Shrinker.EMPTY);
                } else if (message instanceof ShrinkerMessage.ReparentObjects move) {
                    move.reply(0);
                }
                return Behaviors.same();
            }));
            ShrinkerHandle handle =
                    world.side.kit.await(world.reclaimer().register(SPEC.callDeadline(World.LONG), actor));
            return waiting(world, handle, () -> asked.get() > 0);
        }
    },
    /** The actor stops instead of answering. */
    ACTOR_DEAD("actor dead", "") {
        @Override
        Begun begin(World world) {
            ActorRef<ShrinkerMessage> actor =
                    world.side.kit.testKit().spawn(Behaviors.receiveMessage(message -> Behaviors.stopped()));
            ShrinkerHandle handle =
                    world.side.kit.await(world.reclaimer().register(SPEC.callDeadline(World.LONG), actor));
            return notWaiting(world, handle, handle::isFreed);
        }
    },
    LISTENER_THROWS("trace listener that throws", "") {
        @Override
        Begun begin(World world) {
            AtomicInteger thrown = new AtomicInteger();
            world.onEnd(world.reclaimer().trace(event -> {
                thrown.incrementAndGet();
                throw new IllegalStateException("planted by the test");
            })::close);
            TableShrinker model = TableShrinker.full();
            ShrinkerHandle handle = register(world, SPEC, model);
            world.troubled(handle);
            model.put(CgroupPath.of(World.TROUBLED), 0, World.OBJECTS);
            Begun begun = notWaiting(world, handle, () -> thrown.get() > 0);
            assertThat(model.objects()).isZero();
            return begun;
        }
    },
    OUT_OF_MEMORY("`OutOfMemoryError`", "reclaimer.quarantine.after-faults = 1000000") {
        @Override
        Begun begin(World world) {
            ShrinkerHandle handle = register(world, SPEC, new Scripted(control -> 1_000, control -> {
                throw new OutOfMemoryError("planted by the test");
            }));
            return notWaiting(world, handle, () -> handle.state().faults() > 0);
        }
    },
    QUARANTINED("in quarantine", "reclaimer.quarantine { after-faults = 1, duration = 1h }") {
        @Override
        Begun begin(World world) {
            ShrinkerHandle handle = register(world, SPEC, new Scripted(control -> -1, control -> 0));
            return notWaiting(world, handle, () -> handle.state().isQuarantined());
        }
    },
    /** Some pairs keep a thread each, and the others wait for stages. */
    PAIRS_STUCK("1,000 pairs stuck", "reclaimer.call-deadline = 200ms") {
        private static final int PAIRS = 1_000;
        private static final int PLAIN = 32;

        @Override
        Begun begin(World world) {
            List<ShrinkerHandle> plain = new ArrayList<>();
            for (int i = 0; i < PLAIN; i++) {
                plain.add(register(
                        world, ShrinkerSpec.named("trouble-" + i).byCgroup().objectBytes(1024), hung(world)));
                world.troubled(i == 0 ? World.TROUBLED : World.TROUBLED_TOP + "/" + i, plain.get(i));
            }
            Queue<CompletableFuture<Long>> open = new ConcurrentLinkedQueue<>();
            ShrinkerHandle stages = neverAnswered(world, open);
            for (int i = PLAIN; i < PAIRS; i++) {
                world.troubled(World.TROUBLED_TOP + "/" + i, stages);
            }
            return waiting(
                    world,
                    plain.get(0),
                    () -> open.size() >= PAIRS - PLAIN
                            && plain.stream().allMatch(handle -> handle.state().stuckCalls() > 0));
        }
    },
    /** Rounds of the other member, each with a target in the troubled cgroup. */
    CLUSTER_ROUNDS("64 cluster rounds of others", "") {
        private static final int ROUNDS = 64;

        @Override
        Begun begin(World world) {
            AtomicInteger scans = new AtomicInteger();
            ShrinkerHandle handle = register(world, SLOW_BLOCKING, slow(world, World.LONG, scans));
            world.troubled(handle);
            world.side.kit.settle();
            ReclaimRequest request =
                    ReclaimRequest.in(World.TROUBLED_TOP).objects(1_000).within(World.LONG);
            List<CompletableFuture<ClusterReport>> rounds = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                rounds.add(world.other.cluster.reclaim(request).toCompletableFuture());
            }
            world.onEnd(() -> rounds.forEach(world.other.kit::await));
            Threads.until(() -> scans.get() > 0);
            Begun begun = waiting(world, handle, () -> world.side.kit.state().runningRounds() > 1);
            return new Begun(
                    handle,
                    begun.round(),
                    () -> begun.lasts().getAsBoolean() && rounds.stream().anyMatch(round -> !round.isDone()),
                    true);
        }
    };

    /**
     * A trouble that has begun.
     *
     * @param shrinker the troubled one
     * @param round on the troubled cgroup, requested before the trouble began
     * @param lasts whether the trouble lasts
     * @param waits whether the operations on the troubled cgroup wait until the trouble ends; otherwise they are
     *     answered meanwhile
     */
    record Begun(
            ShrinkerHandle shrinker, CompletableFuture<ReclaimReport> round, BooleanSupplier lasts, boolean waits) {}

    private static final ShrinkerSpec SPEC =
            ShrinkerSpec.named("trouble").byCgroup().objectBytes(1024);

    private static final ShrinkerSpec SLOW_BLOCKING = SPEC.blocking().callDeadline(World.LONG);

    private final String title;
    private final String settings;

    Trouble(String title, String settings) {
        this.title = title;
        this.settings = settings;
    }

    String title() {
        return title;
    }

    /** The additional settings of the troubled member. */
    String settings() {
        return settings;
    }

    /** Begins the trouble. Returns when it lasts. */
    abstract Begun begin(World world);

    private static ShrinkerHandle register(World world, ShrinkerSpec spec, Shrinker shrinker) {
        return world.side.kit.register(spec, shrinker);
    }

    private static Begun waiting(World world, ShrinkerHandle handle, BooleanSupplier begun) {
        world.troubled(handle);
        CompletableFuture<ReclaimReport> round = world.startRoundOnTroubled();
        Threads.until(begun, handle::state);
        return new Begun(handle, round, () -> begun.getAsBoolean() && !round.isDone(), true);
    }

    private static Begun notWaiting(World world, ShrinkerHandle handle, BooleanSupplier begun) {
        world.troubled(handle);
        CompletableFuture<ReclaimReport> round = world.startRoundOnTroubled();
        world.answerOf(round);
        Threads.until(begun, handle::state);
        return new Begun(handle, round, begun, false);
    }

    /** Registers a shrinker whose stages stay open until the trouble ends. */
    private static ShrinkerHandle neverAnswered(World world, Queue<CompletableFuture<Long>> open) {
        world.onEnd(() -> open.forEach(stage -> stage.complete(Shrinker.EMPTY)));
        return world.side.kit.await(world.reclaimer().register(SPEC.callDeadline(World.LONG), stage(() -> {
            CompletableFuture<Long> stage = new CompletableFuture<>();
            open.add(stage);
            if (world.standStill(Duration.ZERO)) {
                stage.complete(Shrinker.EMPTY);
            }
            return stage;
        })));
    }

    private static Shrinker hung(World world) {
        return new Scripted(control -> 1_000, control -> {
            world.standStill();
            return Shrinker.STOP;
        });
    }

    private static Shrinker slow(World world, Duration scan, AtomicInteger scans) {
        return new Scripted(control -> 1_000_000, control -> {
            scans.incrementAndGet();
            return world.standStill(scan) ? Shrinker.STOP : 0;
        });
    }

    private static AsyncShrinker stage(Supplier<CompletionStage<Long>> answer) {
        return new AsyncShrinker() {
            @Override
            public CompletionStage<Long> count(ShrinkControl control) {
                return answer.get();
            }

            @Override
            public CompletionStage<Long> scan(ShrinkControl control) {
                return answer.get();
            }
        };
    }
}
