package io.reclaimer.testkit;

import static io.reclaimer.testkit.ReclaimerTestKitAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.pressure.PressureState;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link ReclaimerTestKit} and its assertions. */
class ReclaimerTestKitTest {

    private static final ShrinkerSpec PAGES = ShrinkerSpec.named("pages").byCgroup();
    private static final CgroupPath WEB = CgroupPath.of("/shop/web");

    private final TableShrinker cache = TableShrinker.full();
    private final ReclaimerTestKit kit = ReclaimerTestKit.create();
    private final Cgroup web = kit.online("/shop/web");

    @AfterEach
    void close() {
        kit.close();
    }

    private ShrinkerHandle filled(ReclaimerTestKit in, long objects) {
        cache.put(WEB, 0, objects);
        return Bits.setIn(in, "/shop/web", in.register(PAGES, cache));
    }

    @Test
    void roundMeetsItsTargetAndAssertionsHold() {
        ShrinkerHandle pages = filled(kit, 1_000);
        ReclaimReport report = kit.reclaim(ReclaimRequest.in("/shop").objects(200));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
        assertThat(report.freedObjects()).isEqualTo(256);
        assertThat(kit)
                .hasBit(pages, web, 0)
                .wasCalledIn(pages, "/shop/web")
                .conserves(pages, 1_000, cache::objects)
                .hasNoFaults(pages)
                .hasNoFaults()
                .isIdle();
        assertThat(kit.calls(pages)).extracting(ShrinkerCall::kind).contains(ShrinkerCall.Kind.COUNT);
        assertThat(kit.trace()).isNotEmpty();
    }

    /** A day of virtual time passes in milliseconds. */
    @Test
    void timePassesOnlyInAdvance() {
        try (ReclaimerTestKit own = ReclaimerTestKit.with("reclaimer.quarantine.after-faults = 1")) {
            ShrinkerHandle pages = filled(own, 10_000);
            assertThat(own.elapsed()).isLessThan(Duration.ofSeconds(1));
            own.advance(Duration.ofDays(1));
            assertThat(own.elapsed()).isGreaterThanOrEqualTo(Duration.ofDays(1));
            assertThat(own).hasBit(pages, own.online("/shop/web"), 0);
        }
    }

    @Test
    void passIsOneVisitAndDefersTheRemainder() {
        ShrinkerHandle pages = filled(kit, 1_000);
        assertThat(kit.pass("/shop/web", 0, 8).freedObjects()).isZero();
        assertThat(kit).hasDeferred(pages, web, 0, 6);
        assertThat(kit.pass("/shop/web", 0, 0).freedObjects()).isPositive();
    }

    @Test
    void roundRunsPassByPass() {
        Cgroup orm = kit.online("/shop/orm");
        ShrinkerHandle pages = filled(kit, 1_000);
        cache.put(orm.path(), 0, 1_000);
        pages.setBit(orm, 0);
        SteppedRound round = kit.begin(ReclaimRequest.in("/shop").startingAt(4));
        List<TraceEvent> first = round.nextPass();
        assertThat(first).extracting(TraceEvent::cgroup).containsOnly(web.path());
        assertThat(round.isOver()).isFalse();
        List<TraceEvent> second = round.nextPass();
        assertThat(second).extracting(TraceEvent::cgroup).containsOnly(orm.path());
        assertThat(round.nextPass()).isEmpty();
        assertThat(round.isOver()).isTrue();
        assertThat(round.finish().outcome()).isEqualTo(RoundOutcome.DONE);
    }

    @Test
    void pressureOfAFakeHeapStartsRounds() {
        try (ReclaimerTestKit own = ReclaimerTestKit.withHeap(100 << 20, "")) {
            ShrinkerHandle pages = filled(own, 100_000);
            own.heap().collect(50 << 20);
            assertThat(own.heap().status().state()).isEqualTo(PressureState.NONE);
            assertThat(own.calls(pages)).isEmpty();
            own.heap().collect(80 << 20);
            assertThat(own.heap().status().rounds()).isPositive();
            assertThat(own).wasCalledIn(pages, "/shop/web").conserves(pages, 100_000, cache::objects);
        }
    }

    @Test
    void missingBitFailsTheAssertion() {
        ShrinkerHandle pages = kit.register(PAGES, cache);
        cache.put(WEB, 0, 10);
        assertThat(kit).hasNoBit(pages, web, 0);
        assertThatThrownBy(() -> assertThat(kit).hasBit(pages, web, 0))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[pages]", "[/shop/web]", "handle.setBit");
        assertThatThrownBy(() -> assertThat(kit).wasCalledIn(pages, "/shop/web"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("never called");
    }

    @Test
    void lostAndSurplusObjectsFailTheAssertion() {
        ShrinkerHandle pages = filled(kit, 1_000);
        kit.reclaim(ReclaimRequest.in("/shop").objects(200));
        assertThatThrownBy(() -> assertThat(kit).conserves(pages, 1_010, cache::objects))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[1010] were added", "10 are lost");
        assertThatThrownBy(() -> assertThat(kit).conserves(pages, 990, cache::objects))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("10 are too many");
        assertThatThrownBy(() -> assertThat(kit).hasDeferred(pages, web, 0, 4_711))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not [4711]");
    }

    @Test
    void faultFailsTheAssertion() {
        ShrinkerHandle pages = kit.register(PAGES, new Scripted(control -> 1_000, control -> {
            throw new IllegalStateException("broken");
        }));
        pages.setBit(web, 0);
        kit.reclaim(ReclaimRequest.in("/shop").objects(200));
        assertThatThrownBy(() -> assertThat(kit).hasNoFaults(pages))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("broken");
        assertThat(kit.calls(pages))
                .filteredOn(call -> call.kind() == ShrinkerCall.Kind.SCAN)
                .allMatch(call -> call.result().isEmpty());
    }

    /** A stage that nobody completes keeps the round under way until the deadline of the call. */
    @Test
    void roundUnderWayFailsTheAssertion() {
        List<CompletableFuture<Long>> stages = new ArrayList<>();
        AsyncScripted slow = new AsyncScripted(control -> CompletableFuture.completedStage(1_000L), control -> {
            CompletableFuture<Long> stage = new CompletableFuture<>();
            stages.add(stage);
            return stage;
        });
        kit.register(PAGES, slow).setBit(web, 0);
        SteppedRound round = kit.begin(ReclaimRequest.in("/shop").objects(200).within(Duration.ofMinutes(1)));
        kit.settle();
        assertThat(stages).hasSize(1);
        assertThatThrownBy(() -> assertThat(kit).isIdle())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[1] rounds are under way");
        stages.get(0).complete(200L);
        assertThat(round.finish().freedObjects()).isEqualTo(200);
    }

    @Test
    void closeFailsWhereARoundIsUnderWay() {
        ReclaimerTestKit left = ReclaimerTestKit.create();
        AsyncScripted never = AsyncScripted.of(new CompletableFuture<>(), new CompletableFuture<>());
        Bits.setIn(left, "/shop/web", left.register(PAGES, never));
        left.begin(ReclaimRequest.in("/shop").objects(200));
        left.settle();
        assertThatThrownBy(left::close).isInstanceOf(AssertionError.class).hasMessageContaining("under way");
    }

    @Test
    void freedShrinkerIsNotCalledAgain() {
        ShrinkerHandle pages = filled(kit, 1_000);
        kit.reclaim(ReclaimRequest.in("/shop").objects(200));
        kit.free(pages);
        int calls = kit.calls(pages).size();
        kit.reclaim(ReclaimRequest.in("/shop").objects(200));
        assertThat(kit.calls(pages)).hasSize(calls);
        assertThat(kit).neverCalledAfterFreed(pages).neverCalledAfterFreed();
    }

    @Test
    void misuseIsRefusedWithWhatToDo() {
        assertThatThrownBy(kit::heap).hasMessageContaining("withHeap");
        ShrinkerHandle other = kit.await(kit.reclaimer().register(PAGES, cache));
        assertThatThrownBy(() -> kit.calls(other)).hasMessageContaining("kit.register");
    }
}
