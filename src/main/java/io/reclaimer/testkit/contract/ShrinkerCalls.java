package io.reclaimer.testkit.contract;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.ShrinkerMessage.Answer;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ObjectsCounted;
import io.reclaimer.ShrinkerMessage.ObjectsScanned;
import io.reclaimer.ShrinkerMessage.ScanObjects;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * The calls of a shrinker that the contract makes itself, the same for each kind of shrinker. They run on threads of their own, so
 * that a call that does not return blocks no other one. Thread-safe.
 */
record ShrinkerCalls(
        Function<ShrinkControl, CompletionStage<Long>> count, Function<ShrinkControl, CompletionStage<Long>> scan) {

    private static final Executor THREADS = Executors.newCachedThreadPool(call -> {
        Thread thread = new Thread(call, "shrinker-contract");
        thread.setDaemon(true);
        return thread;
    });

    static Executor threads() {
        return THREADS;
    }

    static ShrinkerCalls of(Shrinker shrinker) {
        return new ShrinkerCalls(
                control -> CompletableFuture.supplyAsync(() -> shrinker.count(control), THREADS),
                control -> CompletableFuture.supplyAsync(() -> shrinker.scan(control), THREADS));
    }

    static ShrinkerCalls of(AsyncShrinker shrinker) {
        return new ShrinkerCalls(
                control -> CompletableFuture.supplyAsync(() -> shrinker.count(control), THREADS)
                        .thenCompose(Function.identity()),
                control -> CompletableFuture.supplyAsync(() -> shrinker.scan(control), THREADS)
                        .thenCompose(Function.identity()));
    }

    static ShrinkerCalls of(ActorRef<ShrinkerMessage> shrinker, ActorSystem<?> system) {
        return new ShrinkerCalls(
                control -> ask(
                                shrinker,
                                system,
                                replyTo ->
                                        new CountObjects(control.cgroup(), control.node(), control.flags(), 1, replyTo))
                        .thenApply(reply -> ((ObjectsCounted) reply).objects()),
                control -> ask(
                                shrinker,
                                system,
                                replyTo -> new ScanObjects(
                                        control.cgroup(),
                                        control.node(),
                                        control.nrToScan(),
                                        control.flags(),
                                        1,
                                        replyTo))
                        .thenApply(reply -> {
                            ObjectsScanned scanned = (ObjectsScanned) reply;
                            control.nrScanned(scanned.nrScanned());
                            return scanned.freed();
                        }));
    }

    private static CompletionStage<Answer> ask(
            ActorRef<ShrinkerMessage> shrinker,
            ActorSystem<?> system,
            akka.japi.function.Function<ActorRef<Answer>, ShrinkerMessage> message) {
        return AskPattern.ask(shrinker, message, ContractRun.PATIENCE, system.scheduler());
    }
}
