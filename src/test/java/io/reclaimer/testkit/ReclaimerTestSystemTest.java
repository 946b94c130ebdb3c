package io.reclaimer.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ReclaimerSetup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A test system outside of JUnit's callbacks. Its checks are tested with {@code ReclaimerExtension}. */
class ReclaimerTestSystemTest {

    private static final ShrinkerSpec PAGES = ShrinkerSpec.named("pages").byCgroup();

    @Test
    void callsReturnTheirAnswers() {
        try (ReclaimerTestSystem kit = ReclaimerTestSystem.start("reclaimer.nodes = [a, b]")) {
            assertThat(kit.system().name()).isEqualTo(ReclaimerTestSystem.NAME);
            Cgroup web = kit.online("/shop/web");
            TableShrinker table = TableShrinker.full();
            ShrinkerHandle pages = kit.register(PAGES.byNode(), table);
            table.put(web.path(), 1, 1_000);
            pages.setBit(web, 1);
            kit.settle();
            assertThat(kit.isBitSet(pages, web, 1)).isTrue();
            assertThat(kit.isBitSet(pages, web, 0)).isFalse();
            kit.pass("/shop/web", 1, 8);
            assertThat(kit.deferred(pages, web, 1)).isEqualTo(6);
            assertThat(kit.takeTrace()).extracting(TraceEvent::node).containsOnly(1);
            assertThat(kit.takeTrace()).isEmpty();
            assertThat(kit.reclaim(ReclaimRequest.in("/shop").startingAt(0)).freedObjects())
                    .isEqualTo(1_000);
            kit.offline("/shop/web");
            assertThatThrownBy(() -> kit.state("/shop/web", 0))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("[/shop/web] is not online on node [0]");
        }
    }

    @Test
    void refusalIsThrownAndTold() {
        try (ReclaimerTestSystem kit = ReclaimerTestSystem.start("")) {
            assertThatThrownBy(() -> kit.offline("/nowhere")).isInstanceOf(ReclaimerException.class);
            assertThat(kit.refusal(kit.reclaimer().offline("/nowhere"))).hasMessageContaining("[/nowhere]");
            assertThatThrownBy(() -> kit.refusal(CompletableFuture.completedStage(7)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("[7]");
        }
    }

    @Test
    void closeChecksAndEndsTheSystem() {
        ReclaimerTestSystem kit = ReclaimerTestSystem.start("");
        kit.setPatience(Duration.ofMillis(50));
        kit.testKit().spawn(Behaviors.empty(), "till");
        assertThatThrownBy(kit::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Leaked actor: [/user/till]");
        assertThat(kit.system().whenTerminated().isCompleted()).isTrue();
    }

    @Test
    void nextTestStartsWithoutTheErrorsOfTheLastOne() {
        try (ReclaimerTestSystem kit = ReclaimerTestSystem.start("")) {
            LoggerFactory.getLogger("io.reclaimer.shop").error("shop is on fire");
            assertThat(kit.errorLogs()).containsExactly("io.reclaimer.shop: shop is on fire");
            assertThat(kit.logLines()).singleElement().asString().contains("ERROR io.reclaimer.shop");
            assertThatThrownBy(kit::check).hasMessageContaining("Error log: [io.reclaimer.shop: shop is on fire]");
            kit.beginTest();
            kit.check();
        }
    }

    @Test
    void systemHasItsSetups() {
        AtomicLong reads = new AtomicLong();
        ReclaimerSetup setup = new ReclaimerSetup(reads::incrementAndGet, Executors.newCachedThreadPool());
        try (ReclaimerTestSystem kit = ReclaimerTestSystem.start("reclaimer.nodes = [disk]", setup)) {
            assertThat(kit.reclaimer().settings().nodes()).containsExactly("disk");
            kit.reclaim(ReclaimRequest.everywhere());
            assertThat(reads).hasPositiveValue();
        }
    }

    @Test
    void patienceHasToBeAboveZero() {
        try (ReclaimerTestSystem kit = ReclaimerTestSystem.start("")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> kit.setPatience(Duration.ZERO))
                    .withMessageContaining("[PT0S]");
        }
    }
}
