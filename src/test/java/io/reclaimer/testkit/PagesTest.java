package io.reclaimer.testkit;

// DOCS begin
import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.PageCacheContractTest.PageCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PagesTest {
    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create() // a system for each test; .perClass() in a static field
            .with("reclaimer.nodes = [heap]");

    @Test
    void roundFreesPages() {
        Reclaimer reclaimer = kit.reclaimer();
        PageCache cache = new PageCache();
        ReclaimReport report = reclaimer
                .register(ShrinkerSpec.named("pages").byCgroup(), cache)
                .thenCombine(reclaimer.online("/acme"), (pages, acme) -> {
                    cache.put(pages, acme, new byte[64]);
                    return acme;
                })
                .thenCompose(
                        acme -> reclaimer.reclaim(ReclaimRequest.in(acme.path()).startingAt(0)))
                .toCompletableFuture()
                .join();
        assertEquals(1, report.freedObjects());
    }

    @Test
    void actorsAreStoppedOrAllowed(ActorTestKit testKit) {
        ActorRef<String> auditor = testKit.spawn(Behaviors.ignore(), "auditor");
        auditor.tell("hello");
        kit.mayLive("auditor"); // otherwise: Leaked actor: [/user/auditor] was started in the test and lives on. ...
    }
}
// DOCS end
