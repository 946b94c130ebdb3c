package io.reclaimer.testkit;

import akka.actor.ActorRef;
import akka.actor.ActorRefWithCell;
import akka.actor.ExtendedActorSystem;
import akka.actor.Identify;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.pattern.Patterns;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import scala.jdk.javaapi.CollectionConverters;

/** The actors of an application: those below {@code /user}. Thread-safe. */
final class LiveActors {

    /** Two passes: the first for the messages of the test, the second for the messages that those caused. */
    private static final int SETTLING_PASSES = 2;

    private LiveActors() {}

    /** All live actors by their path below {@code /user}, such as {@code carts/cart-1}. */
    static Map<String, ActorRef> of(ActorSystem<?> system) {
        Map<String, ActorRef> found = new TreeMap<>();
        addChildren(((ExtendedActorSystem) Adapter.toClassic(system)).provider().guardian(), "", found);
        return found;
    }

    private static void addChildren(ActorRef parent, String path, Map<String, ActorRef> found) {
        if (parent instanceof ActorRefWithCell local) {
            for (ActorRef child : CollectionConverters.asJava(local.children())) {
                String childPath = path + child.path().name();
                found.put(childPath, child);
                addChildren(child, childPath + "/", found);
            }
        }
    }

    /** Waits until all actors, and then {@code last}, have handled the messages that were sent to them; or until the timeout. */
    static void settle(ActorSystem<?> system, ActorRef last, Duration timeout) {
        for (int pass = 0; pass < SETTLING_PASSES; pass++) {
            await(
                    CompletableFuture.allOf(of(system).values().stream()
                            .map(actor -> handledAll(actor, timeout))
                            .toArray(CompletableFuture[]::new)),
                    timeout);
        }
        await(handledAll(last, timeout), timeout);
    }

    /** Every actor replies to {@code Identify} by itself, after all messages that came before. */
    private static CompletableFuture<Object> handledAll(ActorRef actor, Duration timeout) {
        return Patterns.ask(actor, new Identify(""), timeout).toCompletableFuture();
    }

    private static void await(CompletableFuture<?> all, Duration timeout) {
        try {
            all.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // An actor that does not reply is busy; the checks that follow say so.
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting for the actors of a test", e);
        }
    }
}
