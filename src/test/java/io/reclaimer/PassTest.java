package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.HeldVisit;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.TableShrinker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Passes on a cgroup (concepts.md 5) and on the root (concepts.md 6). */
class PassTest {

    private static final ShrinkerSpec SPEC =
            ShrinkerSpec.named("pages").byCgroup().byNode();

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create();

    @Test
    void setBitsAreVisitedInRisingOrderAcrossUnits() {
        Cgroup shop = KIT.online("/shop");
        List<Cache> caches = new ArrayList<>();
        for (int id = 0; id < 130; id++) {
            caches.add(Cache.register(KIT, "s" + id));
        }
        for (int id : new int[] {129, 5, 64, 128, 63, 0}) {
            caches.get(id).put(shop, 0, 10);
        }
        KIT.settle();
        ReclaimReport report = KIT.pass("/shop", 0, 0);
        assertThat(report.freedObjects()).isEqualTo(60);
        assertThat(KIT.takeStarts())
                .extracting(TraceEvent::shrinker)
                .containsExactly("s0", "s5", "s63", "s64", "s128", "s129");
    }

    @Test
    void onlySetBitsCostAnything() {
        Scripted quiet = Scripted.endless(10);
        KIT.register(SPEC, quiet);
        Cache.registerIn(KIT, "/shop", SPEC, 10);
        assertThat(KIT.pass("/shop", 0, 0).visits()).isOne();
        assertThat(quiet.calls).isEmpty();
    }

    @Test
    void bitOfAFreedShrinkerIsClearedAndNothingIsCalled() {
        Cgroup shop = KIT.online("/shop");
        Scripted gone = Scripted.endless(10);
        ShrinkerHandle handle = KIT.register(SPEC, gone);
        handle.setBit(shop, 0);
        KIT.await(handle.free());
        KIT.settle();
        assertThat(KIT.pass("/shop", 0, 0).visits()).isZero();
        assertThat(gone.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/shop", "/"})
    void shrinkerThatIsBeingFreedIsNotCalled(String cgroup) {
        Gate gate = new Gate();
        Scripted pages = Scripted.stuckIn("/web", 10, gate);
        ShrinkerHandle handle = Bits.setIn(KIT, "/shop", KIT.register(SPEC, pages));
        HeldVisit visit = HeldVisit.begin(KIT, handle, gate, "/web");
        CompletionStage<?> freed = handle.free();
        // The second visit is refused, which shows that freeing has begun.
        assertThat(KIT.pass(cgroup, 0, 0).visits()).isZero();
        assertThat(pages.calls).allMatch(call -> call.contains(" /web "));
        visit.end();
        KIT.await(freed);
    }

    @Test
    void bitOfAShrinkerThatIsNotYetRegisteredIsKept() {
        TableShrinker pages = TableShrinker.full();
        pages.put(CgroupPath.of("/shop"), 0, 10);
        ShrinkerHandle handle = Bits.setIn(KIT, "/shop", KIT.allocate(SPEC, pages));
        assertThat(KIT.pass("/shop", 0, 0).visits()).isZero();
        assertThat(KIT.state("/shop", 0).bits()).containsExactly(handle.id());
        KIT.await(handle.register());
        assertThat(KIT.pass("/shop", 0, 0).freedObjects()).isEqualTo(10);
    }

    /** Neither the shrinkers before it in the pass nor those after it are held. */
    @Test
    void shrinkerIsHeldForItsOwnVisitOnly() {
        Gate gate = new Gate();
        ShrinkerHandle before = Bits.setIn(KIT, "/shop", KIT.register(SPEC, Scripted.endless(10)));
        ShrinkerHandle visited = KIT.register(SPEC, Scripted.stuck(10, gate));
        ShrinkerHandle after = Bits.setIn(KIT, "/shop", KIT.register(SPEC, Scripted.endless(10)));
        HeldVisit visit = HeldVisit.begin(KIT, visited, gate, "/shop");
        KIT.await(before.free());
        KIT.await(after.free());
        CompletionStage<?> freed = visited.free();
        assertThat(freed.toCompletableFuture()).isNotDone();
        assertThat(visit.round().toCompletableFuture()).isNotDone();
        assertThat(visit.end().visits()).isEqualTo(2);
        KIT.await(freed);
    }

    @Test
    void stillEmptyAtTheSecondLookClearsTheBit() {
        Scripted pages = new Scripted(control -> Shrinker.EMPTY, ShrinkControl::nrToScan);
        Bits.setIn(KIT, "/shop", KIT.register(SPEC, pages));
        KIT.pass("/shop", 0, 0);
        assertThat(pages.calls).containsExactly("count /shop 0", "count /shop 0");
        assertThat(KIT.state("/shop", 0).bits()).isEmpty();
        assertThat(KIT.takeTrace()).isEmpty();
        KIT.pass("/shop", 0, 0);
        assertThat(pages.calls).hasSize(2);
    }

    /** At the first look it keeps the bit, without a second look. At the second look it sets the bit again. */
    @ParameterizedTest
    @CsvSource({"0, 1", Shrinker.EMPTY + ", 2"})
    void zeroLeavesTheBitSet(long firstAnswer, int looks) {
        AtomicBoolean first = new AtomicBoolean(true);
        Scripted pages = new Scripted(control -> first.getAndSet(false) ? firstAnswer : 0, ShrinkControl::nrToScan);
        ShrinkerHandle handle = Bits.setIn(KIT, "/shop", KIT.register(SPEC, pages));
        KIT.pass("/shop", 0, 0);
        assertThat(pages.calls).hasSize(looks);
        assertThat(KIT.state("/shop", 0).bits()).containsExactly(handle.id());
    }

    @Test
    void objectsThatComeRightAfterEmptyAreFoundByTheSecondLook() {
        Cgroup shop = KIT.online("/shop");
        Cache pages = Cache.register(KIT, "pages");
        pages.table().putLate(shop.path(), 0, 10);
        pages.handle().setBit(shop, 0);
        KIT.settle();
        assertThat(KIT.pass("/shop", 0, 0).freedObjects()).isEqualTo(10);
        assertThat(KIT.state("/shop", 0).bits()).containsExactly(pages.handle().id());
    }

    /** The visit in the middle goes on until both bits are set in the map. */
    @Test
    void bitsBehindTheWalkWaitAndBitsAheadAreVisited() {
        Cgroup shop = KIT.online("/shop");
        AtomicBoolean bitsSet = new AtomicBoolean();
        Gate begun = new Gate();
        begun.open();
        Cache behind = Cache.register(KIT, "behind");
        ShrinkerHandle middle = KIT.register(SPEC.batch(1), endlessUntil(bitsSet, begun));
        Cache ahead = Cache.register(KIT, "ahead");
        Bits.setIn(KIT, "/shop", middle);
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/shop").startingAt(0));
        begun.awaitEntered();
        behind.put(shop, 0, 10);
        ahead.put(shop, 0, 10);
        KIT.settle();
        bitsSet.set(true);
        KIT.await(round);
        assertThat(ahead.objects(shop, 0)).isZero();
        assertThat(behind.objects(shop, 0)).isEqualTo(10);
        assertThat(KIT.pass("/shop", 0, 0).freedObjects()).isEqualTo(10);
    }

    @Test
    void cgroupThatIsNotOnlineGives0() {
        Cache.registerIn(KIT, "/shop", SPEC, 10);
        KIT.offline("/shop");
        ReclaimReport report = KIT.pass("/shop", 0, 0);
        assertThat(report.outcome()).isEqualTo(RoundOutcome.NOT_ONLINE);
        assertThat(report.freedObjects()).isZero();
        assertThat(KIT.pass("/never", 0, 0).outcome()).isEqualTo(RoundOutcome.NOT_ONLINE);
    }

    /** A shrinker that has objects without end until it is told to stop. */
    private static Scripted endlessUntil(AtomicBoolean enough, Gate begun) {
        return new Scripted(control -> 1L << 40, control -> {
            begun.pass();
            return enough.get() ? Shrinker.STOP : 1;
        });
    }

    @Test
    void shrinkersAreCalledOnTheRootInTheOrderRegistered() {
        ShrinkerHandle a = KIT.allocate(ShrinkerSpec.named("a"), Scripted.endless(10));
        ShrinkerHandle b = KIT.allocate(ShrinkerSpec.named("b").byCgroup(), Scripted.endless(10));
        ShrinkerHandle c = KIT.allocate(ShrinkerSpec.named("c"), Scripted.endless(10));
        Scripted notRegistered = Scripted.endless(10);
        KIT.allocate(ShrinkerSpec.named("d"), notRegistered);
        KIT.await(c.register());
        KIT.await(a.register());
        KIT.await(b.register());
        assertThat(KIT.pass("/", 0, 0).visits()).isEqualTo(3);
        assertThat(KIT.takeStarts()).extracting(TraceEvent::shrinker).containsExactly("c", "a", "b");
        assertThat(notRegistered.calls).isEmpty();
    }

    @Test
    void cgroupAwareShrinkersAreGivenTheRootWhateverTheBits() {
        KIT.online("/shop");
        Scripted pages = Scripted.endless(10);
        KIT.register(ShrinkerSpec.named("pages").byCgroup(), pages);
        assertThat(KIT.state("/", 0).bits()).isEmpty();
        assertThat(KIT.pass("/", 0, 0).freedObjects()).isEqualTo(20);
        assertThat(pages.calls).containsExactly("count / 0", "scan / 0 20");
    }

    @Test
    void emptyOnTheRootCountsNothingAndClearsNothing() {
        Scripted pages = new Scripted(control -> Shrinker.EMPTY, ShrinkControl::nrToScan);
        ShrinkerHandle handle = Bits.setIn(
                KIT, "/shop", KIT.register(ShrinkerSpec.named("pages").byCgroup(), pages));
        ReclaimReport report = KIT.pass("/", 0, 0);
        assertThat(report.freedObjects()).isZero();
        assertThat(pages.calls).containsExactly("count / 0");
        assertThat(KIT.state("/shop", 0).bits()).containsExactly(handle.id());
        KIT.pass("/", 0, 0);
        assertThat(pages.calls).hasSize(2);
    }
}
