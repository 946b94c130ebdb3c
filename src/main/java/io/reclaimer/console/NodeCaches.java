package io.reclaimer.console;

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

/** The caches of all tenants, and the buffers that they share. */
final class NodeCaches {

    private static final DirectBufferPool.Statistics NO_BUFFERS = new DirectBufferPool.Statistics(0, 0, 0, 0);

    private final List<TenantCaches> tenants;
    private final Optional<DirectBufferPool> buffers;

    private NodeCaches(List<TenantCaches> tenants, Optional<DirectBufferPool> buffers) {
        this.tenants = List.copyOf(tenants);
        this.buffers = buffers;
    }

    /** With nothing that shrinks them, and without buffers, so that it is the heap that runs out. */
    static NodeCaches unregistered() {
        return new NodeCaches(
                Arrays.stream(Tenant.values())
                        .map(tenant -> TenantCaches.empty(tenant, Optional.empty()))
                        .toList(),
                Optional.empty());
    }

    /**
     * As shrinkers: the pages of each tenant, and the buffers. The sessions follow when the tenants' actors start. Waits
     * for the reclaimer, which always answers, so this is not for actors.
     *
     * @throws java.util.concurrent.CompletionException where the reclaimer refuses
     */
    static NodeCaches registered(Reclaimer reclaimer) {
        DirectBufferPool buffers =
                await(DirectBufferPool.register(reclaimer, ShrinkerSpec.named("buffers"), Responses.BUFFER_BYTES));
        List<TenantCaches> tenants = new ArrayList<>();
        for (Tenant tenant : Tenant.values()) {
            tenant.path().parent().filter(path -> !path.isRoot()).ifPresent(path -> online(reclaimer, path));
            Cgroup cgroup = online(reclaimer, tenant.path());
            TenantCaches caches = TenantCaches.empty(tenant, Optional.of(new TenantCaches.Home(cgroup, buffers)));
            await(CaffeineShrinker.of(caches.pages(), cgroup).register(reclaimer, caches.pagesSpec()));
            tenants.add(caches);
        }
        return new NodeCaches(tenants, Optional.of(buffers));
    }

    TenantCaches of(Tenant tenant) {
        return tenants.get(tenant.ordinal());
    }

    /** How look-ups went since the start. */
    Map<Tenant, Hits.Rate> rates() {
        Map<Tenant, Hits.Rate> rates = new EnumMap<>(Tenant.class);
        tenants.forEach(caches -> rates.put(caches.tenant(), caches.hits().now()));
        return rates;
    }

    /** All that there are now. */
    long pages() {
        return tenants.stream()
                .mapToLong(caches -> caches.pages().estimatedSize())
                .sum();
    }

    /** All that there are now. */
    long sessions() {
        return tenants.stream().mapToLong(caches -> caches.heldSessions().get()).sum();
    }

    /** All zero where there are none. */
    DirectBufferPool.Statistics buffers() {
        return buffers.map(DirectBufferPool::statistics).orElse(NO_BUFFERS);
    }

    private static Cgroup online(Reclaimer reclaimer, CgroupPath path) {
        return await(reclaimer.online(path));
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
