package io.reclaimer.testkit;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The kinds of shrinker; each can stand for any plain one, which then is called in that kind's way. */
public enum Kind {
    PLAIN {
        @Override
        public ShrinkerHandle allocate(ReclaimerKit kit, ShrinkerSpec spec, Shrinker shrinker) {
            return kit.allocate(spec, shrinker);
        }
    },
    BLOCKING {
        @Override
        public ShrinkerHandle allocate(ReclaimerKit kit, ShrinkerSpec spec, Shrinker shrinker) {
            return kit.allocate(spec.blocking(), shrinker);
        }
    },
    /** Its stages are complete when they are returned. */
    ASYNC_AT_ONCE {
        @Override
        public ShrinkerHandle allocate(ReclaimerKit kit, ShrinkerSpec spec, Shrinker shrinker) {
            return kit.await(kit.reclaimer().allocate(spec, async(shrinker, Runnable::run)));
        }
    },
    /** Its stages are completed by another thread. */
    ASYNC {
        @Override
        public ShrinkerHandle allocate(ReclaimerKit kit, ShrinkerSpec spec, Shrinker shrinker) {
            return kit.await(kit.reclaimer().allocate(spec, async(shrinker, Threads.executor())));
        }
    },
    ACTOR {
        @Override
        public ShrinkerHandle allocate(ReclaimerKit kit, ShrinkerSpec spec, Shrinker shrinker) {
            return kit.await(kit.reclaimer().allocate(spec, kit.testKit().spawn(actor(shrinker))));
        }
    };

    public abstract ShrinkerHandle allocate(ReclaimerKit kit, ShrinkerSpec spec, Shrinker shrinker);

    public ShrinkerHandle register(ReclaimerKit kit, ShrinkerSpec spec, Shrinker shrinker) {
        return kit.await(allocate(kit, spec, shrinker).register());
    }

    /** Answers what {@code shrinker} answers, on a thread of the executor. */
    public static AsyncShrinker async(Shrinker shrinker, Executor executor) {
        return new AsyncShrinker() {
            @Override
            public CompletionStage<Long> count(ShrinkControl control) {
                return CompletableFuture.supplyAsync(() -> shrinker.count(control), executor);
            }

            @Override
            public CompletionStage<Long> scan(ShrinkControl control) {
                return CompletableFuture.supplyAsync(() -> shrinker.scan(control), executor);
            }

            @Override
            public CompletionStage<Long> reparent(CgroupPath offline, CgroupPath parent, int node) {
                return CompletableFuture.supplyAsync(() -> shrinker.reparent(offline, parent, node), executor);
            }
        };
    }

    /** An actor that answers what {@code shrinker} answers; what that throws stops it. */
    public static Behavior<ShrinkerMessage> actor(Shrinker shrinker) {
        return Behaviors.receive(ShrinkerMessage.class)
                .onMessage(ShrinkerMessage.CountObjects.class, count -> {
                    count.reply(shrinker.count(new Asked(count.cgroup(), count.node(), 0)));
                    return Behaviors.same();
                })
                .onMessage(ShrinkerMessage.ScanObjects.class, scan -> {
                    Asked asked = new Asked(scan.cgroup(), scan.node(), scan.nrToScan());
                    long freed = shrinker.scan(asked);
                    scan.reply(freed, asked.nrScanned(), asked.freedBytes());
                    return Behaviors.same();
                })
                .onMessage(ShrinkerMessage.ReparentObjects.class, move -> {
                    move.reply(shrinker.reparent(move.offline(), move.parent(), move.node()));
                    return Behaviors.same();
                })
                .build();
    }
}
