package io.reclaimer.adapter;

import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.contract.ContractSubject;
import io.reclaimer.testkit.contract.ShrinkerContract;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** {@link DirectBufferPool} keeps the shrinker contract. A returned buffer is an object. */
class DirectBufferPoolContractTest extends ShrinkerContract {

    private static final CgroupPath WEB = CGROUPS.get(0);

    /** More buffers than any clause of the contract adds. */
    private static final int BUFFERS = 4_000;

    @Override
    protected ContractSubject create(Reclaimer reclaimer) {
        DirectBufferPool pool = DirectBufferPool.register(
                        reclaimer, ShrinkerSpec.named("buffers"), 1, ByteBuffer::allocate, new DirectMemory())
                .toCompletableFuture()
                .join();
        Cgroup web = reclaimer.online(WEB).toCompletableFuture().join();
        Queue<DirectBufferLease> leased = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < BUFFERS; i++) {
            leased.add(pool.acquire(web));
        }
        return ContractSubject.registered(pool.handle(), pool.shrinker())
                .onlyIn(WEB)
                .onlyOnNode(reclaimer.settings().node(DirectBufferPool.NODE))
                .adds((handle, cgroup, node) -> leased.remove().close())
                .holds((cgroup, node) ->
                        cgroup.equals(web.nearestOnline()) ? pool.statistics().free() : 0);
    }
}
