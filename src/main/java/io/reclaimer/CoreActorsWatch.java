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
 * The watch over the actors that the reclaimer can't work without. When one of them ends other than by coordinated
 * shutdown, all open and all further requests fail with that reason, and the log reports it.
 */
final class CoreActorsWatch {

    private static final Logger LOG = LoggerFactory.getLogger(CoreActorsWatch.class);

    private CoreActorsWatch() {}

    /**
     * Returns the same behavior, which also reports its failure at once. The end of an actor is signalled only when its
     * children have ended, and a call to a shrinker may hold one of these.
     *
     * @param ended receives the reason for which nothing is answered any more
     */
    static <T> Behavior<T> reportingFailure(
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

    /** @param ended receives the reason for which nothing is answered any more */
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
