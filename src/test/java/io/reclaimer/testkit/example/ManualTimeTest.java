package io.reclaimer.testkit.example;

// DOCS begin
import static io.reclaimer.testkit.ReclaimerTestKitAssert.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerTestKit;
import io.reclaimer.testkit.SteppedRound;
import io.reclaimer.testkit.example.PageCacheContractTest.PageCache;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ManualTimeTest {
    private final PageCache cache = new PageCache();

    @Test
    void pagesAreFreedWhenTheHeapIsShort() {
        try (ReclaimerTestKit kit = ReclaimerTestKit.withHeap(100 << 20, "")) { // a heap of 100 MB, set by the test
            ShrinkerHandle pages = kit.register(ShrinkerSpec.named("pages").byCgroup(), cache);
            Cgroup acme = kit.online("/acme");
            for (int i = 0; i < 10_000; i++) {
                cache.put(pages, acme, new byte[64]);
            }
            assertThat(kit).hasBit(pages, acme, 0);
            kit.heap().collect(80 << 20); // a collection leaves 80 MB in use: pressure starts rounds
            assertThat(kit)
                    .wasCalledIn(pages, "/acme")
                    .conserves(pages, 10_000, () -> cache.pages(acme.path()))
                    .hasNoFaults();
        }
    }

    @Test
    void roundsArePassesAndPassesAreVisits() {
        try (ReclaimerTestKit kit = ReclaimerTestKit.create()) {
            ShrinkerHandle pages = kit.register(ShrinkerSpec.named("pages").byCgroup(), cache);
            Cgroup acme = kit.online("/acme");
            for (int i = 0; i < 1_000; i++) {
                cache.put(pages, acme, new byte[64]);
            }
            kit.pass("/acme", 0, 6); // one pass of one cgroup on one node at priority 6: less than a batch is due
            assertThat(kit).hasDeferred(pages, acme, 0, 30);
            SteppedRound round = kit.begin(ReclaimRequest.in("/acme").objects(200)); // runs pass by pass
            while (!round.isOver()) {
                round.nextPass().forEach(event -> assertEquals("pages", event.shrinker()));
            }
            ReclaimReport report = round.finish();
            assertEquals(report.freedObjects(), 1_000 - cache.pages(acme.path()));
            kit.advance(Duration.ofHours(1)); // an hour of virtual time, with all that is due in it
            kit.free(pages);
            assertThat(kit).neverCalledAfterFreed(pages);
        }
    }
}
// DOCS end
