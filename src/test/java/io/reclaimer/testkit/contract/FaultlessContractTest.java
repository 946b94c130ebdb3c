package io.reclaimer.testkit.contract;

import akka.actor.typed.Props;
import io.reclaimer.Reclaimer;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.contract.FaultyCache.Fault;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
            AsyncShrinker async = new AsyncShrinker() {
                @Override
                public CompletionStage<Long> count(ShrinkControl control) {
                    return CompletableFuture.supplyAsync(() -> cache.count(control), Threads.executor());
                }

                @Override
                public CompletionStage<Long> scan(ShrinkControl control) {
                    return CompletableFuture.supplyAsync(() -> cache.scan(control), Threads.executor());
                }

                @Override
                public CompletionStage<Long> reparent(CgroupPath offline, CgroupPath parent, int node) {
                    return CompletableFuture.completedStage(cache.reparent(offline, parent, node));
                }
            };
            return with(cache, ContractSubject.of(FaultyCache.SPEC, async));
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
