package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import io.reclaimer.Cgroup;
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A loader of a synchronous cache runs inside the cache's table and locks the bin of its key. The removal of another
 * key from the same bin waits for it.
 */
class CaffeineSlowLoadTest {

    /** Keys of one hash code share a bin. */
    private record Key(int bin, int number) {
        @Override
        public int hashCode() {
            return bin;
        }
    }

    @RegisterExtension
    static final ReclaimerExtension kit = ReclaimerExtension.create().perClass();

    private final Gate loader = new Gate();
    private final Cache<Key, String> cache = Caches.builder().build();
    private List<Cgroup> owners = List.of();
    private CaffeineShrinker<Key, String> shrinker = CaffeineShrinker.of(cache);

    @BeforeEach
    void load() {
        owners = List.of(kit.online("/a"), kit.online("/b"));
        shrinker = CaffeineShrinker.of(cache, (Key key) -> owners.get(key.bin()));
        for (int number = 0; number < 10; number++) {
            cache.put(new Key(0, number), "value");
            cache.put(new Key(1, number), "value");
        }
    }

    @Test
    void scanWaitsForALoadInTheBinOfAnEntryThatItRemoves() {
        AtomicReference<Thread> scanning = new AtomicReference<>();
        Future<?> load = startLoad();
        Future<?> scan = Threads.start(() -> {
            scanning.set(Thread.currentThread());
            return shrinker.scan(FakeControl.of(owners.get(0).path(), 10));
        });
        Threads.until(() -> scanning.get() != null && scanning.get().getState() == Thread.State.BLOCKED);
        assertThat(scan).isNotDone();
        loader.open();
        Caches.await(load);
        assertThat(Caches.await(scan)).isEqualTo(10L);
    }

    @Test
    void countsAndScansOfOtherEntriesDoNotWaitForALoad() {
        Future<?> load = startLoad();
        Future<?> others = Threads.start(() -> {
            assertThat(shrinker.count(FakeControl.of(owners.get(0).path(), 0))).isEqualTo(10);
            assertThat(shrinker.count(FakeControl.of(owners.get(1).path(), 0))).isEqualTo(10);
            return shrinker.scan(FakeControl.of(owners.get(1).path(), 10));
        });
        assertThat(Caches.await(others)).isEqualTo(10L);
        assertThat(load).isNotDone();
        loader.open();
        Caches.await(load);
    }

    private Future<?> startLoad() {
        Future<?> load = Threads.start(() -> cache.get(new Key(0, 100), key -> {
            loader.pass();
            return "loaded";
        }));
        loader.awaitEntered();
        return load;
    }
}
