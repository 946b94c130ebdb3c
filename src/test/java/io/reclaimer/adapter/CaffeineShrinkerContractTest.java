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
            return subject(reclaimer, cache, CaffeineShrinker.of(cache), false)
                    .holds((cgroup, node) -> cache.asMap().size());
        }
    }

    @Nested
    class OfOneCgroup extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            return ofWeb(reclaimer, Caffeine.newBuilder().maximumSize(ROOM).build(), false);
        }
    }

    @Nested
    class OfOneCgroupThatTells extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            return ofWeb(reclaimer, Caffeine.newBuilder().build(), true);
        }
    }

    @Nested
    class OfMany extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            Cache<Key, String> cache = Caffeine.newBuilder().maximumSize(ROOM).build();
            return ofMany(reclaimer, cache, CaffeineShrinker.of(cache, Key::cgroup));
        }
    }

    @Nested
    class AsyncOfMany extends ShrinkerContract {
        @Override
        protected ContractSubject create(Reclaimer reclaimer) {
            AsyncCache<Key, String> cache = Caffeine.newBuilder().buildAsync();
            return ofMany(reclaimer, cache.synchronous(), CaffeineShrinker.of(cache, Key::cgroup));
        }
    }

    private ContractSubject ofWeb(Reclaimer reclaimer, Cache<Key, String> cache, boolean announces) {
        Cgroup web = reclaimer.online(WEB).toCompletableFuture().join();
        return subject(reclaimer, cache, CaffeineShrinker.of(cache, web), announces)
                .onlyIn(WEB)
                .holds((cgroup, node) ->
                        cgroup.equals(web.nearestOnline()) ? cache.asMap().size() : 0);
    }

    private ContractSubject ofMany(
            Reclaimer reclaimer, Cache<Key, String> cache, CaffeineShrinker<Key, String> shrinker) {
        return subject(reclaimer, cache, shrinker, true)
                .holds((cgroup, node) -> cache.asMap().keySet().stream()
                        .filter(key -> key.cgroup().nearestOnline().equals(cgroup))
                        .count());
    }

    /** @param announces whether each entry is announced to the shrinker */
    private ContractSubject subject(
            Reclaimer reclaimer, Cache<Key, String> cache, CaffeineShrinker<Key, String> shrinker, boolean announces) {
        ShrinkerHandle registered =
                shrinker.register(reclaimer, SPEC).toCompletableFuture().join();
        return ContractSubject.registered(registered, shrinker).adds((handle, cgroup, node) -> {
            Key key = new Key(cgroup, numbers.incrementAndGet());
            cache.put(key, "page");
            if (announces) {
                shrinker.added(key);
            }
        });
    }
}
