package io.reclaimer.adapter;

import io.reclaimer.Reclaimer;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.contract.ContractSubject;
import io.reclaimer.testkit.contract.ShrinkerContract;
import org.junit.jupiter.api.Nested;

/** {@link LruLists} keep the contract, also if used objects have a second chance. */
class LruListsContractTest {

    @Nested
    class Unused extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            LruLists<Object> lists = LruListsContractTest.register(reclaimer);
            return subject(lists).adds((handle, cgroup, node) -> lists.add(cgroup, node, new Object()));
        }
    }

    @Nested
    class Used extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            LruLists<Object> lists = LruListsContractTest.register(reclaimer);
            return subject(lists)
                    .adds((handle, cgroup, node) ->
                            lists.add(cgroup, node, new Object()).touch());
        }
    }

    private static LruLists<Object> register(Reclaimer reclaimer) {
        LruOwner<Object> owner = gone -> {};
        return LruLists.register(reclaimer, ShrinkerSpec.named("lists"), owner)
                .toCompletableFuture()
                .join();
    }

    private static ContractSubject subject(LruLists<Object> lists) {
        return ContractSubject.registered(lists.handle(), lists.shrinker()).holds(lists::size);
    }
}
