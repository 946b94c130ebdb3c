package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Scripted;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong replies of a shrinker cannot hang or corrupt a pass (concepts.md 12.4). */
class FaultyShrinkerTest {

    private static final int QUARANTINE_AFTER = 3;

    @RegisterExtension
    static final SharedReclaimer KIT =
            SharedReclaimer.create().with("reclaimer.quarantine { after-faults = 3, duration = 1h }");

    private final ShrinkerSpec spec =
            ShrinkerSpec.named("pages").byCgroup().byNode().batch(10);

    /** The wrong replies of a count. */
    private enum BadCount {
        THROWS(control -> {
            throw new IllegalStateException("broken");
        }),
        OVERFLOWS(FaultyShrinkerTest::forever),
        LACKS_A_CLASS(control -> {
            throw new NoClassDefFoundError("gone");
        }),
        NEGATIVE(control -> -1),
        MOST_NEGATIVE_BUT_TWO(control -> Shrinker.STOP + 1),
        STOP(control -> Shrinker.STOP);

        private final ToLongFunction<ShrinkControl> count;

        BadCount(ToLongFunction<ShrinkControl> count) {
            this.count = count;
        }
    }

    /** The wrong replies of a scan that is asked for 10 of 100 objects. */
    private enum BadScan {
        THROWS(control -> {
            throw new IllegalStateException("broken");
        }),
        OVERFLOWS(FaultyShrinkerTest::forever),
        FAILS_AN_ASSERTION(control -> {
            throw new AssertionError("broken");
        }),
        EMPTY(control -> Shrinker.EMPTY),
        NEGATIVE(control -> -1),
        FREED_MORE_THAN_IT_COULD(control -> 101),
        FREED_ABSURDLY_MANY(control -> Long.MAX_VALUE),
        SCANNED_NOTHING(control -> scanned(control, 0)),
        SCANNED_LESS_THAN_NOTHING(control -> scanned(control, -5)),
        SCANNED_ABSURDLY_MANY(control -> scanned(control, Long.MAX_VALUE)),
        SCANNED_ABSURDLY_FEW(control -> scanned(control, Long.MIN_VALUE));

        private final ToLongFunction<ShrinkControl> scan;

        BadScan(ToLongFunction<ShrinkControl> scan) {
            this.scan = scan;
        }
    }

    static Stream<Arguments> badCounts() {
        return Arrays.stream(BadCount.values())
                .flatMap(bad -> kindsFor(bad.name()).map(kind -> Arguments.of(bad, kind)));
    }

    static Stream<Arguments> badScans() {
        return Arrays.stream(BadScan.values())
                .flatMap(bad -> kindsFor(bad.name()).map(kind -> Arguments.of(bad, kind)));
    }

    /** An actor that throws stops instead (ActorShrinkerTest). */
    private static Stream<Kind> kindsFor(String bad) {
        boolean throwing = List.of("THROWS", "OVERFLOWS", "LACKS_A_CLASS", "FAILS_AN_ASSERTION")
                .contains(bad);
        return Arrays.stream(Kind.values()).filter(kind -> !throwing || kind != Kind.ACTOR);
    }

    /**
     * A round begins with passes that only count, and a shrinker may be counted at any time: neither hides its faults.
     */
    @Test
    void shrinkerWhoseScansAreAllAtFaultComesIntoQuarantineWhateverIsCountedBetween() {
        ShrinkerHandle handle =
                Bits.setIn(KIT, "/a", KIT.register(spec, new Scripted(control -> 1_000, control -> -1)));
        for (int i = 1; i <= QUARANTINE_AFTER; i++) {
            assertThat(handle.state().isQuarantined()).isFalse();
            KIT.pass("/a", 0, Shrinker.HIGHEST_PRIORITY);
            assertThat(handle.state().faults()).isEqualTo(i);
            KIT.await(KIT.reclaimer().count(ReclaimRequest.in("/a")));
            KIT.pass("/a", 0, Shrinker.LOWEST_PRIORITY);
        }
        assertThat(handle.state().isQuarantined()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("badCounts")
    void faultyCountEndsTheVisitAndTouchesNothing(BadCount bad, Kind kind) {
        AtomicReference<ToLongFunction<ShrinkControl>> count = new AtomicReference<>(control -> 1_000);
        Cgroup a = KIT.online("/a");
        ShrinkerHandle handle = kind.register(
                KIT, spec, new Scripted(control -> count.get().applyAsLong(control), control -> Shrinker.STOP));
        Cache after = Cache.register(KIT, "after");
        handle.setBit(a, 0);
        KIT.settle();
        KIT.pass("/a", 0, 0);
        assertThat(KIT.state("/a", 0).deferred()).containsEntry(handle.id(), 2_000L);
        KIT.takeTrace();
        after.put(a, 0, 10);

        count.set(bad.count);
        ReclaimReport report = KIT.pass("/a", 0, 0);
        assertThat(report.freedObjects()).isEqualTo(10);
        assertThat(KIT.takeTrace()).extracting(TraceEvent::shrinker).containsOnly("after");
        assertThat(KIT.state("/a", 0).deferred()).containsEntry(handle.id(), 2_000L);
        assertThat(KIT.state("/a", 0).bits()).contains(handle.id());
        assertFault(handle, "count");
    }

    @ParameterizedTest
    @MethodSource("badScans")
    void faultyScanEndsTheVisitAsStopDoes(BadScan bad, Kind kind) {
        AtomicInteger scans = new AtomicInteger();
        Cgroup a = KIT.online("/a");
        ShrinkerHandle handle = kind.register(
                KIT,
                spec,
                new Scripted(
                        control -> 100, control -> scans.incrementAndGet() == 1 ? 10 : bad.scan.applyAsLong(control)));
        Cache after = Cache.register(KIT, "after");
        handle.setBit(a, 0);
        after.put(a, 0, 10);
        KIT.settle();

        ReclaimReport report = KIT.pass("/a", 0, 0);
        assertThat(scans).hasValue(2);
        assertThat(report.freedObjects()).isEqualTo(20);
        assertThat(KIT.state("/a", 0).deferred()).containsEntry(handle.id(), 200L - 10);
        assertThat(KIT.takeTrace()).contains(new TraceEvent.End("pages", a.path(), 0, 10, 0, 190, 190));
        assertFault(handle, "scan");
    }

    @Test
    void nothingScannedWithSomethingFreedEnds() {
        AtomicInteger scans = new AtomicInteger();
        Bits.setIn(KIT, "/a", KIT.register(spec, new Scripted(control -> 100, control -> {
            control.nrScanned(scans.incrementAndGet() % 2 == 0 ? 0 : -1);
            return 1;
        })));
        ReclaimReport report = KIT.pass("/a", 0, 1);
        assertThat(report.freedObjects()).isBetween(1L, 100L);
        assertThat(scans.get()).isLessThanOrEqualTo(100);
    }

    @Test
    void shrinkerMayFreeMoreThanItIsAskedForUpToWhatItHas() {
        ShrinkerHandle handle = Bits.setIn(KIT, "/a", KIT.register(spec, new Scripted(control -> 100, control -> 20)));
        assertThat(KIT.pass("/a", 0, 3).freedObjects()).isEqualTo(40);
        assertThat(state(handle).faults()).isZero();
    }

    @Test
    void faultOnTheRootHoldsUpNobody() {
        KIT.register(ShrinkerSpec.named("bad"), new Scripted(control -> -7, control -> 1));
        KIT.register(ShrinkerSpec.named("good"), Scripted.endless(10));
        assertThat(KIT.pass("/", 0, 0).freedObjects()).isEqualTo(20);
        assertThat(KIT.state().shrinkers())
                .extracting(ReclaimerState.ShrinkerState::faults)
                .containsExactly(1L, 0L);
    }

    @Test
    void faultAtTheSecondLookKeepsTheBit() {
        AtomicInteger counts = new AtomicInteger();
        Scripted pages = new Scripted(control -> counts.incrementAndGet() == 1 ? Shrinker.EMPTY : -1, control -> 1);
        ShrinkerHandle handle = Bits.setIn(KIT, "/a", KIT.register(spec, pages));
        KIT.pass("/a", 0, 0);
        assertThat(KIT.state("/a", 0).bits()).containsExactly(handle.id());
        assertFault(handle, "count");
    }

    @Test
    void shrinkerAtFaultSoManyTimesInARowIsInQuarantine() {
        Scripted bad = new Scripted(control -> -1, control -> 1);
        ShrinkerHandle handle = Bits.setIn(KIT, "/a", KIT.register(spec, bad));
        Cache good = Cache.register(KIT, "good");
        for (int i = 1; i < QUARANTINE_AFTER; i++) {
            KIT.pass("/a", 0, 0);
        }
        assertThat(state(handle).isQuarantined()).isFalse();
        KIT.pass("/a", 0, 0);
        assertThat(state(handle).isQuarantined()).isTrue();
        good.put(KIT.online("/a"), 0, 10);
        KIT.settle();
        assertThat(KIT.pass("/a", 0, 0).visits()).isOne();
        // The pass of the root calls every registered shrinker except this one.
        assertThat(KIT.pass("/", 0, 0).visits()).isOne();
        assertThat(bad.calls).hasSize(QUARANTINE_AFTER);
        assertThat(KIT.state("/a", 0).bits()).contains(handle.id());
        assertThat(state(handle).holds()).isZero();
    }

    @Test
    void goodVisitEndsTheRow() {
        AtomicInteger counts = new AtomicInteger();
        ShrinkerHandle handle = KIT.register(
                ShrinkerSpec.named("s"),
                new Scripted(control -> counts.incrementAndGet() % QUARANTINE_AFTER == 0 ? 10 : -1, control -> 1));
        for (int i = 0; i < 4 * QUARANTINE_AFTER; i++) {
            KIT.pass("/", 0, 0);
        }
        assertThat(counts).hasValue(4 * QUARANTINE_AFTER);
        assertThat(state(handle).faults()).isEqualTo(4L * (QUARANTINE_AFTER - 1));
        assertThat(state(handle).isQuarantined()).isFalse();
    }

    @Test
    void lettingOutWhoIsNotInQuarantineIsRefused() {
        ShrinkerHandle handle = KIT.register(ShrinkerSpec.named("s"), Scripted.endless(1));
        assertThatThrownBy(handle::endQuarantine)
                .isInstanceOfSatisfying(
                        ReclaimerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_QUARANTINED))
                .hasMessageContaining("[s]");
    }

    @Test
    void shrinkerInQuarantineCanBeFreedAndItsSuccessorIsNot() {
        ShrinkerHandle handle = Bits.setIn(KIT, "/a", KIT.register(spec, new Scripted(control -> -1, control -> 1)));
        for (int i = 0; i < QUARANTINE_AFTER; i++) {
            KIT.pass("/a", 0, 0);
        }
        assertThat(state(handle).isQuarantined()).isTrue();
        KIT.await(handle.free());
        Cache after = Cache.registerIn(KIT, "/a", spec, 10);
        assertThat(after.handle().id()).isEqualTo(handle.id());
        assertThat(KIT.pass("/a", 0, 0).freedObjects()).isEqualTo(10);
        assertThat(state(after.handle()).faults()).isZero();
    }

    private void assertFault(ShrinkerHandle handle, String where) {
        ReclaimerState.ShrinkerState state = state(handle);
        assertThat(state.faults()).isOne();
        assertThat(state.lastFault().orElseThrow()).contains(where);
        assertThat(state.holds()).isZero();
        assertThat(state.isQuarantined()).isFalse();
    }

    private ReclaimerState.ShrinkerState state(ShrinkerHandle handle) {
        return KIT.state().shrinkers().stream()
                .filter(shrinker -> shrinker.spec().equals(handle.spec()) && shrinker.id() == handle.id())
                .findFirst()
                .orElseThrow();
    }

    private static long scanned(ShrinkControl control, long objects) {
        control.nrScanned(objects);
        return 0;
    }

    @SuppressWarnings("InfiniteRecursion") // the recursion is the fault under test
    private static long forever(ShrinkControl control) {
        return forever(control) + 1;
    }
}
