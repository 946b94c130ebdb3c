package io.reclaimer;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.serialization.SerializationExtension;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;

/** What an application does that has nothing but the engine: run by {@link BareEngineIT} in a JVM of its own. */
final class BareEngine {

    private BareEngine() {}

    public static void main(String[] args) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bare");
        // Makes all serializers that are configured, also that of messages between members.
        System.out.println("serializers "
                + SerializationExtension.get(Adapter.toClassic(system))
                        .serializerByIdentity()
                        .size());
        Reclaimer reclaimer = Reclaimer.get(system);
        Shrinker shrinker = new Shrinker() {
            @Override
            public long count(ShrinkControl control) {
                return 1_000;
            }

            @Override
            public long scan(ShrinkControl control) {
                return control.nrToScan();
            }
        };
        reclaimer
                .register(ShrinkerSpec.named("pages"), shrinker)
                .thenCompose(registered ->
                        reclaimer.reclaim(ReclaimRequest.everywhere().objects(500)))
                .thenAccept(report -> System.out.println(report.outcome()))
                .toCompletableFuture()
                .join();
        system.terminate();
    }
}
