package io.reclaimer.console;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.Cgroup;
import io.reclaimer.adapter.DirectBufferPool;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one tenant's load uses besides the sessions, which are its actor's own, and how look-ups went. Nothing but the
 * reclaimer ever limits the pages.
 *
 * @param pages by key
 * @param heldSessions how many sessions there are, as the tenant's actor said last
 * @param home where the reclaimer finds what the tenant holds; empty where nothing is to be reclaimed
 */
record TenantCaches(Tenant tenant, Cache<Long, byte[]> pages, AtomicLong heldSessions, Hits hits, Optional<Home> home) {

    /**
     * A tenant's place with the reclaimer.
     *
     * @param buffers for responses
     */
    record Home(Cgroup cgroup, DirectBufferPool buffers) {}

    /**
     * What somebody may have guessed: 290 MB a tenant, more than the usual heap has room for. Caffeine's admission window is a
     * hundredth of it. With a maximum without a bound all entries would be in the window, where how often they are used does
     * not count.
     */
    private static final long MAXIMUM_ENTRIES = 100_000;

    /** What a page takes besides its value: a boxed key, the cache's node, its place in the table. */
    private static final long PAGE_OVERHEAD_BYTES = 130;

    /** What a session takes besides its value: a boxed key, an entry with its links, its place in the table. */
    static final long SESSION_OVERHEAD_BYTES = 100;

    static TenantCaches empty(Tenant tenant, Optional<Home> home) {
        // The cache's upkeep is done on the thread that uses it, not on a pool of all the JVM.
        Cache<Long, byte[]> pages = Caffeine.newBuilder()
                .maximumSize(MAXIMUM_ENTRIES)
                .executor(Runnable::run)
                .build();
        return new TenantCaches(tenant, pages, new AtomicLong(), new Hits(), home);
    }

    ShrinkerSpec pagesSpec() {
        return ShrinkerSpec.named("pages-" + tenant.shortName())
                .byCgroup()
                .objectBytes(Values.MEAN_BYTES + PAGE_OVERHEAD_BYTES);
    }

    ShrinkerSpec sessionsSpec() {
        return ShrinkerSpec.named("sessions-" + tenant.shortName())
                .objectBytes(Values.MEAN_BYTES + SESSION_OVERHEAD_BYTES);
    }
}
