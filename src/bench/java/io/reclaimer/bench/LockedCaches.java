package io.reclaimer.bench;

import io.reclaimer.engine.call.CallControl;
import io.reclaimer.engine.call.RoundLimits;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntFunction;

/**
 * What a user would write by hand: a list of caches and a tree of tenants under one read-write lock; a round holds the
 * read lock and asks every cache for every tenant on every node. What a cache has of a tenant stands with the tenant, so
 * that asking takes no look-up.
 */
final class LockedCaches {

    /** A tenant: what each cache has of it and owes to it, by node and cache. */
    static final class Tenant {
        private final CgroupPath path;
        private final long[][] objects;
        private final long[][] deferred;
        private final List<Tenant> children = new ArrayList<>();

        Tenant(CgroupPath path, int nodes, int caches) {
            this.path = path;
            this.objects = new long[nodes][caches];
            this.deferred = new long[nodes][caches];
        }
    }

    /** A cache: how many objects it has of a tenant, and the freeing of some. */
    private record Cache(int index, Shrinker shrinker) {}

    private final ReentrantReadWriteLock lock;
    private final List<Cache> caches = new ArrayList<>();
    private final int nodes;
    private final Tenant root;
    private final CallControl control = new CallControl();
    private long scanned;

    LockedCaches(PassCase state) {
        this(false, state, state::shrinker);
    }

    /** With other shrinkers than the case's, and a fair lock where wanted. */
    LockedCaches(boolean fair, PassCase state, IntFunction<Shrinker> shrinkers) {
        this.lock = new ReentrantReadWriteLock(fair);
        this.nodes = state.nodes();
        this.root = new Tenant(CgroupPath.root(), nodes, state.shrinkers());
        for (int i = 0; i < state.shrinkers(); i++) {
            register(shrinkers.apply(i));
        }
        for (int i = 0; i < state.cgroups(); i++) {
            Tenant tenant = new Tenant(CgroupPath.of("/tenant-" + i), nodes, state.shrinkers());
            root.children.add(tenant);
            if (state.isDirty(i)) {
                for (int node = 0; node < nodes; node++) {
                    for (int id : state.dirtyShrinkers()) {
                        tenant.objects[node][id] = EightShrinkers.OBJECTS;
                    }
                }
            }
        }
    }

    /** Adds a cache. Any thread. */
    void register(Shrinker shrinker) {
        lock.writeLock().lock();
        try {
            caches.add(new Cache(caches.size(), shrinker));
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Removes the cache that came last. Any thread. */
    void freeLast() {
        lock.writeLock().lock();
        try {
            caches.remove(caches.size() - 1);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** One pass over everything; answers with the objects freed. One thread at a time. */
    long round() {
        lock.readLock().lock();
        try {
            long freed = 0;
            for (int node = 0; node < nodes; node++) {
                freed += walk(root, node);
            }
            return freed;
        } finally {
            lock.readLock().unlock();
        }
    }

    private long walk(Tenant tenant, int node) {
        long freed = 0;
        control.in(tenant.path);
        control.prepare(node, RoundLimits.NONE, 0);
        long[] objects = tenant.objects[node];
        long[] deferred = tenant.deferred[node];
        for (Cache cache : caches) {
            if (cache.index() < objects.length && objects[cache.index()] > 0) {
                freed += visit(cache, deferred);
            }
        }
        for (Tenant child : tenant.children) {
            freed += walk(child, node);
        }
        return freed;
    }

    private long visit(Cache cache, long[] deferred) {
        long freeable = cache.shrinker().count(control);
        if (freeable <= 0) {
            return 0;
        }
        long nr = deferred[cache.index()];
        long delta = (freeable >> PassCase.PRIORITY) * 4 / ShrinkerSpec.DEFAULT_SEEKS;
        long total = Math.min((nr >> PassCase.PRIORITY) + delta, 2 * freeable);
        long freed = 0;
        long looked = 0;
        while (total >= ShrinkerSpec.DEFAULT_BATCH || total >= freeable) {
            long ask = Math.min(ShrinkerSpec.DEFAULT_BATCH, total);
            control.prepare(control.node(), RoundLimits.NONE, ask);
            long answer = cache.shrinker().scan(control);
            if (answer == Shrinker.STOP) {
                break;
            }
            freed += answer;
            total -= control.nrScanned();
            looked += control.nrScanned();
        }
        scanned += looked;
        deferred[cache.index()] = Math.min(Math.max(nr + delta - looked, 0), 2 * freeable);
        return freed;
    }

    /** So that it is counted for somebody. */
    long scanned() {
        return scanned;
    }
}
