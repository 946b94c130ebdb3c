package io.reclaimer.testkit;

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
 * Each kind of shrinker as one that answers later, for calls that the contract makes by itself. They are made on threads
 * of their own, so that one that does not come back holds up nobody.
 */
final class ContractCalls {

    private static final Executor THREADS = Executors.newCachedThreadPool(call -> {
        Thread thread = new Thread(call, "shrinker-contract");
        thread.setDaemon(true);
        return thread;
    });

    private ContractCalls() {}

    static Executor threads() {
        return THREADS;
    }

    static AsyncShrinker to(Shrinker shrinker) {
        return new AsyncShrinker() {
            @Override
            public CompletionStage<Long> count(ShrinkControl control) {
                return CompletableFuture.supplyAsync(() -> shrinker.count(control), THREADS);
            }

            @Override
            public CompletionStage<Long> scan(ShrinkControl control) {
                return CompletableFuture.supplyAsync(() -> shrinker.scan(control), THREADS);
            }
        };
    }

    static AsyncShrinker to(AsyncShrinker shrinker) {
        return new AsyncShrinker() {
            @Override
            public CompletionStage<Long> count(ShrinkControl control) {
                return CompletableFuture.supplyAsync(() -> shrinker.count(control), THREADS)
                        .thenCompose(Function.identity());
            }

            @Override
            public CompletionStage<Long> scan(ShrinkControl control) {
                return CompletableFuture.supplyAsync(() -> shrinker.scan(control), THREADS)
                        .thenCompose(Function.identity());
            }
        };
    }

    static AsyncShrinker to(ActorRef<ShrinkerMessage> shrinker, ActorSystem<?> system) {
        return new AsyncShrinker() {
            @Override
            public CompletionStage<Long> count(ShrinkControl control) {
                return ask(replyTo -> new CountObjects(control.cgroup(), control.node(), control.flags(), 1, replyTo))
                        .thenApply(answer -> ((ObjectsCounted) answer).objects());
            }

            @Override
            public CompletionStage<Long> scan(ShrinkControl control) {
                return ask(replyTo -> new ScanObjects(
                                control.cgroup(), control.node(), control.nrToScan(), control.flags(), 1, replyTo))
                        .thenApply(answer -> {
                            ObjectsScanned scanned = (ObjectsScanned) answer;
                            control.nrScanned(scanned.nrScanned());
                            return scanned.freed();
                        });
            }

            private CompletionStage<Answer> ask(akka.japi.function.Function<ActorRef<Answer>, ShrinkerMessage> call) {
                return AskPattern.ask(shrinker, call, ContractRun.PATIENCE, system.scheduler());
            }
        };
    }
}
