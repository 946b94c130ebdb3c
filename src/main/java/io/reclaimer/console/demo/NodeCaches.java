package io.reclaimer.console.demo;

import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.adapter.CaffeineShrinker;
import io.reclaimer.adapter.DirectBufferPool;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The caches of all tenants and their shared buffer pool. Thread-safe. */
public final class NodeCaches {

    /** The buffers of the shared pool: leased now, free now, and reclaimed since the start. */
    public record Buffers(long leased, long free, long reclaimed) {

        private static final Buffers NONE = new Buffers(0, 0, 0);

        private static Buffers of(DirectBufferPool pool) {
            DirectBufferPool.Statistics statistics = pool.statistics();
            return new Buffers(statistics.leased(), statistics.free(), statistics.reclaimed());
        }
    }

    private final List<TenantCaches> tenants;
    private final Optional<DirectBufferPool> buffers;

    private NodeCaches(List<TenantCaches> tenants, Optional<DirectBufferPool> buffers) {
        this.tenants = List.copyOf(tenants);
        this.buffers = buffers;
    }

    /** Creates caches that nothing shrinks, without buffers, so that the heap runs out first. */
    public static NodeCaches unregistered() {
        return new NodeCaches(
                Arrays.stream(Tenant.values())
                        .map(tenant -> TenantCaches.empty(tenant, Optional.empty()))
                        .toList(),
                Optional.empty());
    }

    /**
     * Creates caches and registers each tenant's pages, and the buffers, as shrinkers. The actors of the tenants
     * register the sessions later. Blocks until the reclaimer has answered, so it is not for actors.
     *
     * @throws java.util.concurrent.CompletionException if the reclaimer refuses
     */
    public static NodeCaches registered(Reclaimer reclaimer) {
        DirectBufferPool buffers =
                await(DirectBufferPool.register(reclaimer, ShrinkerSpec.named("buffers"), Responses.BUFFER_BYTES));
        List<TenantCaches> tenants = new ArrayList<>();
        for (Tenant tenant : Tenant.values()) {
            tenant.path().parent().filter(path -> !path.isRoot()).ifPresent(path -> online(reclaimer, path));
            Cgroup cgroup = online(reclaimer, tenant.path());
            TenantCaches caches =
                    TenantCaches.empty(tenant, Optional.of(new TenantCaches.ReclaimContext(cgroup, buffers)));
            await(CaffeineShrinker.of(caches.pages(), cgroup).register(reclaimer, caches.pagesSpec()));
            tenants.add(caches);
        }
        return new NodeCaches(tenants, Optional.of(buffers));
    }

    public TenantCaches of(Tenant tenant) {
        return tenants.get(tenant.ordinal());
    }

    /** Returns the hits and look-ups since the start, by tenant. */
    public Map<Tenant, Hits.Rate> rates() {
        Map<Tenant, Hits.Rate> rates = new EnumMap<>(Tenant.class);
        tenants.forEach(caches -> rates.put(caches.tenant(), caches.hits().now()));
        return rates;
    }

    /** Returns the number of pages of all tenants. */
    long pages() {
        return tenants.stream()
                .mapToLong(caches -> caches.pages().estimatedSize())
                .sum();
    }

    /** Returns the number of sessions of all tenants. */
    long sessions() {
        return tenants.stream().mapToLong(caches -> caches.sessionCount().get()).sum();
    }

    /** Returns the numbers of buffers; all are 0 without a pool. */
    public Buffers buffers() {
        return buffers.map(Buffers::of).orElse(Buffers.NONE);
    }

    private static Cgroup online(Reclaimer reclaimer, CgroupPath path) {
        return await(reclaimer.online(path));
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
