package io.reclaimer.testkit;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** The kinds of shrinker. Each allocates a plain shrinker as a shrinker of its kind. */
public enum Kind {
    PLAIN {
        @Override
        public ShrinkerHandle allocate(BlockingReclaimer kit, ShrinkerSpec spec, Shrinker shrinker) {
            return kit.allocate(spec, shrinker);
        }
    },
    BLOCKING {
        @Override
        public ShrinkerHandle allocate(BlockingReclaimer kit, ShrinkerSpec spec, Shrinker shrinker) {
            return kit.allocate(spec.blocking(), shrinker);
        }
    },
    /** A shrinker whose stages are complete when they are returned. */
    ASYNC_AT_ONCE {
        @Override
        public ShrinkerHandle allocate(BlockingReclaimer kit, ShrinkerSpec spec, Shrinker shrinker) {
            return kit.await(kit.reclaimer().allocate(spec, async(shrinker, Runnable::run)));
        }
    },
    /** A shrinker whose stages another thread completes. */
    ASYNC {
        @Override
        public ShrinkerHandle allocate(BlockingReclaimer kit, ShrinkerSpec spec, Shrinker shrinker) {
            return kit.await(kit.reclaimer().allocate(spec, async(shrinker, Threads.executor())));
        }
    },
    ACTOR {
        @Override
        public ShrinkerHandle allocate(BlockingReclaimer kit, ShrinkerSpec spec, Shrinker shrinker) {
            ActorRef<ShrinkerMessage> actor =
                    kit.system().systemActorOf(actor(shrinker), "shrinker-" + ACTORS.incrementAndGet(), Props.empty());
            return kit.await(kit.reclaimer().allocate(spec, actor));
        }
    };

    private static final AtomicInteger ACTORS = new AtomicInteger();

    public abstract ShrinkerHandle allocate(BlockingReclaimer kit, ShrinkerSpec spec, Shrinker shrinker);

    public ShrinkerHandle register(BlockingReclaimer kit, ShrinkerSpec spec, Shrinker shrinker) {
        return kit.await(allocate(kit, spec, shrinker).register());
    }

    /** A shrinker that returns the results of {@code shrinker} as stages, which the executor completes. */
    public static AsyncShrinker async(Shrinker shrinker, Executor executor) {
        return AsyncScripted.answering(shrinker, answer -> CompletableFuture.supplyAsync(answer, executor));
    }

    /** An actor that replies with the results of {@code shrinker}; an exception stops it. */
    public static Behavior<ShrinkerMessage> actor(Shrinker shrinker) {
        return Behaviors.receive(ShrinkerMessage.class)
                .onMessage(ShrinkerMessage.CountObjects.class, count -> {
                    FakeControl control = new FakeControl(count.cgroup(), count.node(), 0);
                    count.reply(shrinker.count(control), control.heldBytes());
                    return Behaviors.same();
                })
                .onMessage(ShrinkerMessage.ScanObjects.class, scan -> {
                    FakeControl control = new FakeControl(scan.cgroup(), scan.node(), scan.nrToScan());
                    long freed = shrinker.scan(control);
                    scan.reply(freed, control.nrScanned(), control.freedBytes());
                    return Behaviors.same();
                })
                .onMessage(ShrinkerMessage.ReparentObjects.class, move -> {
                    move.reply(shrinker.reparent(move.offline(), move.parent(), move.node()));
                    return Behaviors.same();
                })
                .build();
    }
}
