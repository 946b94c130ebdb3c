package shop;

import io.reclaimer.Reclaimer;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.contract.ContractSubject;
import io.reclaimer.testkit.contract.ShrinkerContract;

// README begin
class PageCacheContractTest extends ShrinkerContract {

    @Override
    protected ContractSubject create(Reclaimer reclaimer) {
        PageCache cache = new PageCache();
        return ContractSubject.of(ShrinkerSpec.named("pages").byCgroup(), cache)
                .adds((handle, cgroup, node) -> cache.put(handle, cgroup, "page"))
                .holds((cgroup, node) -> cache.size(cgroup.path()));
    }
}
// README end
