package io.reclaimer;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.serialization.SerializationExtension;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;

/** An application that has only the engine on its class path: run by {@link BareEngineIT} in a separate JVM. */
final class BareEngine {

    private BareEngine() {}

    public static void main(String[] args) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bare");
        // Makes all configured serializers, also the one of messages between members.
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
