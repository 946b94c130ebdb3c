package shop;

import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Pages by tenant, the oldest first. Any thread. */
public final class PageCache implements Shrinker {

    private final Map<CgroupPath, Deque<String>> pages = new HashMap<>();

    /** Adds a page of a tenant. */
    public void put(ShrinkerHandle handle, Cgroup tenant, String page) {
        Cgroup owner;
        do {
            owner = tenant.nearestOnline();
            add(owner.path(), page);
            // Where it went offline meanwhile, its pages may have moved before this one came in.
        } while (!owner.isOnline() && remove(owner.path(), page));
        handle.setBit(owner.nearestOnline(), 0);
    }

    private synchronized void add(CgroupPath tenant, String page) {
        of(tenant).add(page);
    }

    private synchronized boolean remove(CgroupPath tenant, String page) {
        return of(tenant).remove(page);
    }

    public synchronized long size(CgroupPath tenant) {
        return of(tenant).size();
    }

    public synchronized long size() {
        return pages.values().stream().mapToLong(Deque::size).sum();
    }

    private Deque<String> of(CgroupPath tenant) {
        return pages.computeIfAbsent(tenant, first -> new ArrayDeque<>());
    }

    @Override
    public synchronized long count(ShrinkControl control) {
        int size = of(control.cgroup()).size();
        return size == 0 ? EMPTY : size;
    }

    @Override
    public synchronized long scan(ShrinkControl control) {
        Deque<String> some = of(control.cgroup());
        long freed = 0;
        while (freed < control.nrToScan() && !some.isEmpty() && !control.isCancelled()) {
            some.poll();
            freed++;
        }
        control.nrScanned(Math.max(1, freed));
        return freed;
    }

    @Override
    public synchronized long reparent(CgroupPath offline, CgroupPath parent, int node) {
        Deque<String> moved = of(offline);
        pages.remove(offline);
        of(parent).addAll(moved);
        return moved.size();
    }
}
