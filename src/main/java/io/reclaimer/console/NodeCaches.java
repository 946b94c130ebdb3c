package io.reclaimer.console;

import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.adapter.CaffeineShrinker;
import io.reclaimer.shrinker.CgroupPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The caches of all tenants. */
final class NodeCaches {

    private final List<TenantCaches> tenants;

    private NodeCaches(List<TenantCaches> tenants) {
        this.tenants = List.copyOf(tenants);
    }

    /** With nothing that shrinks them. */
    static NodeCaches unregistered() {
        return new NodeCaches(Arrays.stream(Tenant.values())
                .map(tenant -> TenantCaches.empty(tenant, new SessionStore(() -> {})))
                .toList());
    }

    /**
     * As shrinkers: the pages of each tenant one, the sessions of all another. Waits for the reclaimer, which always
     * answers, so this is not for actors.
     *
     * @throws java.util.concurrent.CompletionException where the reclaimer refuses
     */
    static NodeCaches registered(Reclaimer reclaimer) {
        SessionShrinker shrinker = new SessionShrinker();
        ShrinkerHandle sessions = await(reclaimer.register(SessionShrinker.SPEC, shrinker));
        Set<CgroupPath> parents = new HashSet<>();
        List<TenantCaches> tenants = new ArrayList<>();
        for (Tenant tenant : Tenant.values()) {
            Optional<CgroupPath> parent = tenant.path().parent().filter(path -> !path.isRoot());
            parent.filter(parents::add).ifPresent(path -> shrinker.open(online(reclaimer, path), sessions));
            Cgroup cgroup = online(reclaimer, tenant.path());
            TenantCaches caches = TenantCaches.empty(tenant, shrinker.open(cgroup, sessions));
            await(CaffeineShrinker.register(reclaimer, caches.pagesSpec(), caches.pages(), cgroup));
            tenants.add(caches);
        }
        return new NodeCaches(tenants);
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

    private static Cgroup online(Reclaimer reclaimer, CgroupPath path) {
        return await(reclaimer.online(path.toString()));
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
