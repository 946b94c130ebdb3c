package io.reclaimer.testkit.example;

// DOCS begin
import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.contract.ContractSubject;
import io.reclaimer.testkit.contract.ShrinkerContract;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** The whole test: how the shrinker is created, how a page is added, how many pages there are. */
class PageCacheContractTest extends ShrinkerContract {
    @Override
    protected ContractSubject create(Reclaimer reclaimer) {
        PageCache cache = new PageCache();
        return ContractSubject.of(ShrinkerSpec.named("pages").byCgroup(), cache)
                .adds((handle, cgroup, node) -> cache.put(handle, cgroup, new byte[64]))
                .holds((cgroup, node) -> cache.pages(cgroup.path()));
    }

    /** Pages by tenant; the oldest are freed first. Thread-safe. */
    static final class PageCache implements Shrinker {
        private final Map<CgroupPath, Deque<byte[]>> pages = new HashMap<>();

        void put(ShrinkerHandle handle, Cgroup cgroup, byte[] page) {
            Cgroup home;
            do {
                home = cgroup.nearestOnline();
                add(home.path(), page);
                // Where the tenant went offline meanwhile, its pages may have moved before this one was added.
            } while (!home.isOnline() && remove(home.path(), page));
            handle.setBit(home.nearestOnline(), 0);
        }

        synchronized long pages(CgroupPath cgroup) {
            return of(cgroup).size();
        }

        @Override
        public long count(ShrinkControl control) {
            long count = pages(control.cgroup());
            return count == 0 ? EMPTY : count;
        }

        @Override
        public long scan(ShrinkControl control) {
            long freed = 0;
            while (freed < control.nrToScan() && !control.isCancelled() && removeOldest(control.cgroup())) {
                freed++;
            }
            return freed;
        }

        @Override
        public synchronized long reparent(CgroupPath offline, CgroupPath parent, int node) {
            Deque<byte[]> moved = of(offline);
            of(parent).addAll(moved);
            pages.remove(offline);
            return moved.size();
        }

        private synchronized void add(CgroupPath cgroup, byte[] page) {
            of(cgroup).add(page);
        }

        private synchronized boolean remove(CgroupPath cgroup, byte[] page) {
            return of(cgroup).remove(page);
        }

        private synchronized boolean removeOldest(CgroupPath cgroup) {
            return of(cgroup).poll() != null;
        }

        private Deque<byte[]> of(CgroupPath cgroup) {
            return pages.computeIfAbsent(cgroup, path -> new ArrayDeque<>());
        }
    }
}
// DOCS end
