package io.reclaimer.console.demo;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.Cgroup;
import io.reclaimer.adapter.DirectBufferPool;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The caches and counters of one tenant. The sessions are not here: the tenant's actor owns them. Only the reclaimer
 * limits the number of pages. Thread-safe.
 *
 * @param pages by key
 * @param sessionCount the number of sessions that the tenant's actor reported last
 * @param reclaim empty if nothing is reclaimed
 */
public record TenantCaches(
        Tenant tenant,
        Cache<Long, byte[]> pages,
        AtomicLong sessionCount,
        Hits hits,
        Optional<ReclaimContext> reclaim) {

    /**
     * The reclaimer's side of a tenant.
     *
     * @param buffers the pool for responses
     */
    public record ReclaimContext(Cgroup cgroup, DirectBufferPool buffers) {}

    /**
     * A guess, as in most services: 290 MB per tenant, more than the usual heap can hold. Caffeine's admission window is a
     * hundredth of the maximum. With an unbounded maximum all entries would be in the window, where the frequency of use
     * does not count.
     */
    private static final long MAXIMUM_ENTRIES = 100_000;

    /** The size of a page beyond its value: a boxed key, the cache's node, its slot in the table. */
    private static final long PAGE_OVERHEAD_BYTES = 130;

    /** The size of a session beyond its value: a boxed key, an entry with its links, its slot in the table. */
    static final long SESSION_OVERHEAD_BYTES = 100;

    static TenantCaches empty(Tenant tenant, Optional<ReclaimContext> reclaim) {
        // Maintenance runs on the calling thread, not on the common pool of the JVM.
        Cache<Long, byte[]> pages = Caffeine.newBuilder()
                .maximumSize(MAXIMUM_ENTRIES)
                .executor(Runnable::run)
                .build();
        return new TenantCaches(tenant, pages, new AtomicLong(), new Hits(), reclaim);
    }

    ShrinkerSpec pagesSpec() {
        return ShrinkerSpec.named("pages-" + tenant.shortName())
                .byCgroup()
                .objectBytes(Payload.MEAN_BYTES + PAGE_OVERHEAD_BYTES);
    }

    ShrinkerSpec sessionsSpec() {
        return ShrinkerSpec.named("sessions-" + tenant.shortName())
                .objectBytes(Payload.MEAN_BYTES + SESSION_OVERHEAD_BYTES);
    }
}
