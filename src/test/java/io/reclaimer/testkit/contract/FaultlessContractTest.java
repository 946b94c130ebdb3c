package io.reclaimer.testkit.contract;

import akka.actor.typed.Props;
import io.reclaimer.Reclaimer;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.contract.FaultyCache.Fault;
import org.junit.jupiter.api.Nested;

/** A cache without a fault passes all clauses, whichever kind of shrinker it is. */
class FaultlessContractTest {

    @Nested
    class Plain extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            return FaultyCache.subject(reclaimer, Fault.NONE);
        }
    }

    @Nested
    class Blocking extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            FaultyCache cache = new FaultyCache(Fault.NONE);
            return with(cache, ContractSubject.of(FaultyCache.SPEC.blocking(), cache));
        }
    }

    @Nested
    class Async extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            FaultyCache cache = new FaultyCache(Fault.NONE);
            return with(cache, ContractSubject.of(FaultyCache.SPEC, Kind.async(cache, Threads.executor())));
        }
    }

    @Nested
    class Actor extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            FaultyCache cache = new FaultyCache(Fault.NONE);
            return with(
                    cache,
                    ContractSubject.of(
                            FaultyCache.SPEC,
                            reclaimer.system().systemActorOf(Kind.actor(cache), "cache", Props.empty())));
        }
    }

    @Nested
    class Registered extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            FaultyCache cache = new FaultyCache(Fault.NONE);
            return with(
                    cache,
                    ContractSubject.registered(
                            reclaimer
                                    .register(FaultyCache.SPEC, cache)
                                    .toCompletableFuture()
                                    .join(),
                            cache));
        }
    }

    @Nested
    class Global extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            FaultyCache cache = new FaultyCache(Fault.NONE);
            return with(cache, ContractSubject.of(ShrinkerSpec.named("global"), cache));
        }
    }

    @Nested
    class OfOneCgroupOnOneNode extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            FaultyCache cache = new FaultyCache(Fault.NONE);
            return with(cache, ContractSubject.of(FaultyCache.SPEC, cache))
                    .onlyIn(ShrinkerContract.CGROUPS.get(1))
                    .onlyOnNode(1);
        }
    }

    private static ContractSubject with(FaultyCache cache, ContractSubject subject) {
        return subject.adds(cache::add).holds((cgroup, node) -> cache.held(cgroup.path(), node));
    }
}
