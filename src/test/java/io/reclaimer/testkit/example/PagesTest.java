package io.reclaimer.testkit.example;

// DOCS begin
import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.example.PageCacheContractTest.PageCache;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PagesTest {
    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create() // a system for each test; .perClass() in a static field
            .with("reclaimer.nodes = [heap]");

    @Test
    void roundFreesPages() {
        PageCache cache = new PageCache();
        ShrinkerHandle pages = kit.register(ShrinkerSpec.named("pages").byCgroup(), cache);
        Cgroup acme = kit.online("/acme");
        cache.put(pages, acme, new byte[64]);
        kit.settle(); // rounds find the bits that were set before
        assertEquals(1, kit.reclaim(ReclaimRequest.in("/acme").startingAt(0)).freedObjects());
    }

    @Test
    void actorsAreStoppedOrExpected(ActorTestKit testKit) {
        ActorRef<String> auditor = testKit.spawn(Behaviors.ignore(), "auditor");
        auditor.tell("hello");
        kit.expectActor(
                "auditor"); // otherwise: Leaked actor: [/user/auditor] was started in the test and lives on. ...
    }
}
// DOCS end
