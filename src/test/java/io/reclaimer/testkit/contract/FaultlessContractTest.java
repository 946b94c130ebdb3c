package io.reclaimer.testkit.contract;

import akka.actor.typed.Props;
import io.reclaimer.Reclaimer;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.contract.FaultyCache.Fault;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/** A cache without a fault passes all clauses, whichever kind of shrinker it is. */
class FaultlessContractTest {

    /** A way to make a subject of a cache. */
    private interface Subject {
        ContractSubject of(Reclaimer reclaimer, FaultyCache cache);

        default ContractSubject withACache(Reclaimer reclaimer) {
            FaultyCache cache = new FaultyCache(Fault.NONE);
            return of(reclaimer, cache).adds(cache::add).holds((cgroup, node) -> cache.held(cgroup.path(), node));
        }
    }

    private static final Map<String, Subject> SUBJECTS = Map.of(
            "plain", (reclaimer, cache) -> ContractSubject.of(FaultyCache.SPEC, cache),
            "blocking", (reclaimer, cache) -> ContractSubject.of(FaultyCache.SPEC.blocking(), cache),
            "async", (reclaimer, cache) -> ContractSubject.of(FaultyCache.SPEC, Kind.async(cache, Threads.executor())),
            "actor",
                    (reclaimer, cache) -> ContractSubject.of(
                            FaultyCache.SPEC,
                            reclaimer.system().systemActorOf(Kind.actor(cache), "cache", Props.empty())),
            "registered",
                    (reclaimer, cache) -> ContractSubject.registered(
                            reclaimer
                                    .register(FaultyCache.SPEC, cache)
                                    .toCompletableFuture()
                                    .join(),
                            cache),
            "global", (reclaimer, cache) -> ContractSubject.of(ShrinkerSpec.named("global"), cache),
            "of one cgroup on one node",
                    (reclaimer, cache) -> ContractSubject.of(FaultyCache.SPEC, cache)
                            .onlyIn(ShrinkerContract.CGROUPS.get(1))
                            .onlyOnNode(1));

    @TestFactory
    Stream<DynamicContainer> passesAllClauses() {
        return SUBJECTS.entrySet().stream()
                .map(kind -> DynamicContainer.dynamicContainer(
                        kind.getKey(),
                        ShrinkerContractTest.contract(kind.getValue()::withACache)
                                .contract()));
    }
}
