package io.reclaimer;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.Terminated;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the actors without which the reclaimer can do nothing. When one of them ends for whatever reason, what waits for it, and
 * all that is asked from then on, fails with that reason, and the log says so.
 */
final class CoreWatch {

    private static final Logger LOG = LoggerFactory.getLogger(CoreWatch.class);

    private CoreWatch() {}

    /**
     * The same behavior, which says at once when it fails: the end of an actor is known only when its children have ended, and one
     * of these may be held by a call to a shrinker.
     *
     * @param ended is told why nothing is answered any more
     */
    static <T> Behavior<T> telling(
            Class<T> type, Behavior<T> behavior, String name, Consumer<ReclaimerException> ended) {
        return Behaviors.intercept(
                () -> new BehaviorInterceptor<>(type) {
                    @Override
                    public Behavior<T> aroundReceive(TypedActorContext<T> context, T message, ReceiveTarget<T> target) {
                        try {
                            return target.apply(context, message);
                        } catch (Throwable thrown) {
                            ended.accept(failure(name));
                            throw thrown;
                        }
                    }
                },
                behavior);
    }

    private static ReclaimerException failure(String name) {
        return new ReclaimerException(
                Reason.FAILED,
                "The reclaimer has failed: [" + name
                        + "] has ended, and the log says why. Start the actor system anew");
    }

    /** @param ended is told why nothing is answered any more */
    static Behavior<Void> create(List<ActorRef<?>> actors, Consumer<ReclaimerException> ended) {
        return Behaviors.setup(context -> {
            actors.forEach(context::watch);
            return Behaviors.receive(Void.class)
                    .onSignal(Terminated.class, signal -> {
                        if (CoordinatedShutdown.get(context.getSystem())
                                .getShutdownReason()
                                .isEmpty()) {
                            String name = signal.getRef().path().name();
                            LOG.error(
                                    "[{}] has ended by a fault. Nothing is reclaimed any more until the actor system is started"
                                            + " anew; every request fails",
                                    name);
                            ended.accept(failure(name));
                        }
                        return Behaviors.same();
                    })
                    .build();
        });
    }
}
