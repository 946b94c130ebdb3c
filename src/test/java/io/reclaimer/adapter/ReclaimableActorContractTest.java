package io.reclaimer.adapter;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.contract.ContractSubject;
import io.reclaimer.testkit.contract.ShrinkerContract;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;

/** {@link ReclaimableActor} keeps the shrinker contract, with both states, and with and without a cgroup. */
class ReclaimableActorContractTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final CgroupPath WEB = ShrinkerContract.CGROUPS.get(0);
    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("pages");

    @Nested
    class ValuesOfACgroup extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            Cgroup web = reclaimer.online(WEB).toCompletableFuture().join();
            AtomicInteger keys = new AtomicInteger();
            Store<ReclaimableMap<Integer, String>> store = new Store<>(
                    reclaimer,
                    ReclaimableActor.of(SPEC, ReclaimableMap<Integer, String>::new)
                            .in(web),
                    values -> values.put(keys.incrementAndGet(), "page"));
            return store.subject()
                    .onlyIn(WEB)
                    .holds((cgroup, node) -> cgroup.equals(web.nearestOnline()) ? store.size() : 0);
        }
    }

    @Nested
    class ListOfNobody extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            Store<ReclaimableList<String>> store = new Store<>(
                    reclaimer, ReclaimableActor.of(SPEC, ReclaimableList<String>::new), list -> list.add("page"));
            return store.subject().holds((cgroup, node) -> store.size());
        }
    }

    private sealed interface Command {}

    private record Put(ActorRef<Long> replyTo) implements Command {}

    private record Size(ActorRef<Long> replyTo) implements Command {}

    /** A registered actor that holds a state. Thread-safe. */
    private static final class Store<S extends ReclaimableState> {

        private final ActorSystem<?> system;
        private final ActorRef<Command> ref;
        private final ActorRef<ShrinkerMessage> shrinker;
        private final ShrinkerHandle handle;

        Store(Reclaimer reclaimer, ReclaimableActor<S> factory, Consumer<S> put) {
            system = reclaimer.system();
            record Registration(ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {}
            CompletableFuture<Registration> asked = new CompletableFuture<>();
            CompletableFuture<ShrinkerHandle> registered = new CompletableFuture<>();
            ReclaimableActor<S> caught = factory.registeredBy((in, spec, toRegister) -> {
                asked.complete(new Registration(spec, toRegister));
                return registered;
            });
            ref = system.systemActorOf(
                    caught.<Command>behavior((context, state) -> behavior(state, put)), "store", Props.empty());
            shrinker = asked.join().shrinker();
            handle = reclaimer
                    .register(asked.join().spec(), shrinker)
                    .toCompletableFuture()
                    .join();
            // Once the actor answers, it has requested its registration, so complete() sends it the handle at once.
            size();
            registered.complete(handle);
        }

        private static <S extends ReclaimableState> Behavior<Command> behavior(S state, Consumer<S> put) {
            return Behaviors.receive(Command.class)
                    .onMessage(Put.class, message -> {
                        put.accept(state);
                        message.replyTo().tell(state.size());
                        return Behaviors.same();
                    })
                    .onMessage(Size.class, message -> {
                        message.replyTo().tell(state.size());
                        return Behaviors.same();
                    })
                    .build();
        }

        ContractSubject subject() {
            return ContractSubject.registered(handle, shrinker).adds((registered, cgroup, node) -> {
                AskPattern.<Command, Long>ask(ref, Put::new, PATIENCE, system.scheduler())
                        .toCompletableFuture()
                        .join();
                // The actor sets the bit after the put and before it handles the next message.
                size();
            });
        }

        long size() {
            return AskPattern.<Command, Long>ask(ref, Size::new, PATIENCE, system.scheduler())
                    .toCompletableFuture()
                    .join();
        }
    }
}
