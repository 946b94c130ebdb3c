package io.reclaimer.console;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.shrinker.ShrinkerSpec;

/**
 * The caches of one tenant, and how look-ups in them went. Nothing but the reclaimer ever limits them.
 *
 * @param pages by key
 * @param sessions by id
 */
record TenantCaches(Tenant tenant, Cache<Long, byte[]> pages, SessionStore sessions, Hits hits) {

    /** Never reached, but only a cache with a maximum keeps an order of eviction. */
    private static final long UNREACHED_ENTRIES = Long.MAX_VALUE / 4;

    /** What a page takes besides its value: a boxed key, the cache's node, its place in the table. */
    private static final long PAGE_OVERHEAD_BYTES = 130;

    static TenantCaches empty(Tenant tenant, SessionStore sessions) {
        // The cache's upkeep is done on the thread that uses it, not on a pool of all the JVM.
        Cache<Long, byte[]> pages = Caffeine.newBuilder()
                .maximumSize(UNREACHED_ENTRIES)
                .executor(Runnable::run)
                .build();
        return new TenantCaches(tenant, pages, sessions, new Hits());
    }

    ShrinkerSpec pagesSpec() {
        return ShrinkerSpec.named("pages-" + tenant.shortName())
                .byCgroup()
                .objectBytes(Values.MEAN_BYTES + PAGE_OVERHEAD_BYTES);
    }
}
