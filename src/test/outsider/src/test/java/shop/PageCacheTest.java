package shop;

import static io.reclaimer.testkit.ReclaimerTestKitAssert.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerTestKit;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PageCacheTest {

    @Test
    void pagesAreReclaimedAndNoneIsLost() {
        try (ReclaimerTestKit kit = ReclaimerTestKit.create()) {
            PageCache cache = new PageCache();
            ShrinkerHandle pages = kit.register(ShrinkerSpec.named("pages").byCgroup(), cache);
            Cgroup web = kit.online("/shop/web");
            for (int i = 0; i < 1_000; i++) {
                cache.put(pages, web, "page " + i);
            }
            assertThat(kit).hasBit(pages, web, 0);
            assertEquals(RoundOutcome.TARGET_REACHED, kit.reclaim(ReclaimRequest.in("/shop").objects(300)).outcome());
            kit.offline("/shop/web");
            kit.advance(Duration.ofHours(1));
            assertThat(kit).conserves(pages, 1_000, cache::size).hasNoFaults();
            kit.free(pages);
            assertThat(kit).neverCalledAfterFreed(pages);
        }
    }
}
