package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.RemovalListener;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.testkit.FakeControl;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Which listeners are called for a reclaimed entry. If values hold a file or a connection, one listener has to close
 * it.
 */
class CaffeineListenersTest {

    private static final CgroupPath ROOT = CgroupPath.root();
    private static final int ENTRIES = 1_000;

    private final AtomicInteger open = new AtomicInteger();

    private final RemovalListener<Integer, Runnable> closing = (key, close, cause) -> close.run();

    @Test
    void removalListenerHearsOfReclaimedAndOfEvictedEntries() {
        Cache<Integer, Runnable> files = filled(
                Caches.builder().maximumSize(ENTRIES).removalListener(closing).build());
        assertThat(open).hasValue(ENTRIES);
        assertThat(CaffeineShrinker.of(files).scan(FakeControl.of(ROOT, ENTRIES)))
                .isEqualTo(ENTRIES);
        assertThat(open).hasValue(0);
    }

    /** Caffeine cannot evict a chosen entry, so the same listener is passed to the shrinker as well. */
    @Test
    void evictionListenerHearsOfReclaimedEntriesThroughOnReclaimed() {
        Cache<Integer, Runnable> files = filled(Caches.builder()
                .maximumSize(ENTRIES)
                .recordStats()
                .evictionListener(closing)
                .build());
        CaffeineShrinker<Integer, Runnable> silent = CaffeineShrinker.of(files);
        assertThat(silent.scan(FakeControl.of(ROOT, 100))).isEqualTo(100);
        assertThat(open).hasValue(ENTRIES);
        assertThat(files.stats().evictionCount()).isEqualTo(ENTRIES);
        CaffeineShrinker<Integer, Runnable> shrinker =
                CaffeineShrinker.of(files).onReclaimed((key, file) -> closing.onRemoval(key, file, RemovalCause.SIZE));
        assertThat(shrinker.scan(FakeControl.of(ROOT, ENTRIES))).isEqualTo(ENTRIES - 100);
        assertThat(open).hasValue(100);
        assertThat(files.stats().evictionCount()).isEqualTo(ENTRIES);
        assertThat(shrinker.reclaimedObjects()).isEqualTo(ENTRIES - 100);
    }

    /** Puts twice as many entries as the maximum. */
    private Cache<Integer, Runnable> filled(Cache<Integer, Runnable> files) {
        for (int key = 0; key < 2 * ENTRIES; key++) {
            open.incrementAndGet();
            files.put(key, open::decrementAndGet);
        }
        files.cleanUp();
        return files;
    }
}
