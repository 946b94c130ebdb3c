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

/** The actors of an application: those under {@code /user}. Any thread. */
final class LiveActors {

    /**
     * How often all are asked to work off what they have: once for what the test has sent them, once for what they sent one
     * another for that.
     */
    private static final int SETTLING_TURNS = 2;

    private LiveActors() {}

    /** All that live, by path below {@code /user}, as in {@code carts/cart-1}. */
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

    /**
     * Waits until all have handled what was sent to them before, and then {@code last} has; or until it takes too long, as
     * where one waits for something.
     */
    static void settle(ActorSystem<?> system, ActorRef last, Duration patience) {
        for (int turn = 0; turn < SETTLING_TURNS; turn++) {
            await(
                    CompletableFuture.allOf(of(system).values().stream()
                            .map(actor -> handledAll(actor, patience))
                            .toArray(CompletableFuture[]::new)),
                    patience);
        }
        await(handledAll(last, patience), patience);
    }

    /** Every actor answers this by itself, after all that came before. */
    private static CompletableFuture<Object> handledAll(ActorRef actor, Duration patience) {
        return Patterns.ask(actor, new Identify(""), patience).toCompletableFuture();
    }

    private static void await(CompletableFuture<?> all, Duration patience) {
        try {
            all.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Whoever does not answer is not done; what it does later is the next check's.
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting for the actors of a test", e);
        }
    }
}
