package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.contract.ContractSubject;
import io.reclaimer.testkit.contract.ShrinkerContract;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;

/**
 * {@link CaffeineShrinker} keeps the contract, for each kind of owner and of cache. No maximum is reached or lowered,
 * because a cache that evicts by itself would lose entries that the contract counts.
 */
class CaffeineShrinkerContractTest {

    private static final CgroupPath WEB = ShrinkerContract.CGROUPS.get(0);
    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("pages");

    /** More entries than any clause of the contract adds. */
    private static final long ROOM = 1_000_000;

    private record Key(Cgroup cgroup, int number) {}

    private final AtomicInteger numbers = new AtomicInteger();

    @Nested
    class OfNobody extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            Cache<Key, String> cache = Caffeine.newBuilder().build();
            CaffeineShrinker<Key, String> shrinker = CaffeineShrinker.of(cache);
            return ContractSubject.registered(registered(shrinker, reclaimer), shrinker)
                    .adds((handle, cgroup, node) -> cache.put(key(cgroup), "page"))
                    .holds((cgroup, node) -> cache.asMap().size());
        }
    }

    @Nested
    class OfOneCgroup extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            Cgroup web = reclaimer.online(WEB).toCompletableFuture().join();
            Cache<Key, String> cache = Caffeine.newBuilder().maximumSize(ROOM).build();
            CaffeineShrinker<Key, String> shrinker = CaffeineShrinker.of(cache, web);
            return ContractSubject.registered(registered(shrinker, reclaimer), shrinker)
                    .onlyIn(WEB)
                    .adds((handle, cgroup, node) -> cache.put(key(cgroup), "page"))
                    .holds((cgroup, node) ->
                            cgroup.equals(web.nearestOnline()) ? cache.asMap().size() : 0);
        }
    }

    @Nested
    class OfOneCgroupThatTells extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            Cgroup web = reclaimer.online(WEB).toCompletableFuture().join();
            Cache<Key, String> cache = Caffeine.newBuilder().build();
            CaffeineShrinker<Key, String> shrinker = CaffeineShrinker.of(cache, web);
            return ContractSubject.registered(registered(shrinker, reclaimer), shrinker)
                    .onlyIn(WEB)
                    .adds((handle, cgroup, node) -> putAndTell(cache, shrinker, cgroup))
                    .holds((cgroup, node) ->
                            cgroup.equals(web.nearestOnline()) ? cache.asMap().size() : 0);
        }
    }

    @Nested
    class OfMany extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            Cache<Key, String> cache = Caffeine.newBuilder().maximumSize(ROOM).build();
            CaffeineShrinker<Key, String> shrinker =
                    CaffeineShrinker.of(cache, Key::cgroup).keepMaximum();
            return ContractSubject.registered(registered(shrinker, reclaimer), shrinker)
                    .adds((handle, cgroup, node) -> putAndTell(cache, shrinker, cgroup))
                    .holds((cgroup, node) -> held(cache, cgroup));
        }
    }

    @Nested
    class AsyncOfMany extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            AsyncCache<Key, String> cache = Caffeine.newBuilder().buildAsync();
            CaffeineShrinker<Key, String> shrinker = CaffeineShrinker.of(cache, Key::cgroup);
            return ContractSubject.registered(registered(shrinker, reclaimer), shrinker)
                    .adds((handle, cgroup, node) -> putAndTell(cache.synchronous(), shrinker, cgroup))
                    .holds((cgroup, node) -> held(cache.synchronous(), cgroup));
        }
    }

    private Key key(Cgroup cgroup) {
        return new Key(cgroup, numbers.incrementAndGet());
    }

    private void putAndTell(Cache<Key, String> cache, CaffeineShrinker<Key, String> shrinker, Cgroup cgroup) {
        Key key = key(cgroup);
        cache.put(key, "page");
        shrinker.added(key);
    }

    private static long held(Cache<Key, String> cache, Cgroup cgroup) {
        return cache.asMap().keySet().stream()
                .filter(key -> key.cgroup().nearestOnline().equals(cgroup))
                .count();
    }

    private static ShrinkerHandle registered(CaffeineShrinker<Key, String> shrinker, Reclaimer reclaimer) {
        return shrinker.register(reclaimer, SPEC).toCompletableFuture().join();
    }
}
